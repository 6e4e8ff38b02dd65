export { type Account, findAccountById } from './account-store.ts'
export * from './accounts.ts'
export { type UserAuthAdminDeps, userAuthAdminRoutes } from './auth-admin-routes.ts'
export type { AccountTables } from './tables.ts'
