export { type PersonalSessionAuthAdminDeps, personalSessionAuthAdminRoutes } from './auth-admin-routes.ts'
export { isPersonalOwnerValid } from './owner.ts'
