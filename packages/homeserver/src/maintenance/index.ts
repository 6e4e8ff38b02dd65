export { maintenanceAdminRoutes } from './admin-routes.ts'
