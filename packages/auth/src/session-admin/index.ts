export { browserSessionAuthAdminRoutes } from './browser-session-routes.ts'
export { type SessionAuthAdminDeps, sessionAuthAdminRoutes } from './session-routes.ts'
