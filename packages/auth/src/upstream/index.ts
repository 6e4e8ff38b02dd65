export { upstreamAuthAdminRoutes } from './auth-admin-routes.ts'
export type { UpstreamTables } from './tables.ts'
