export { reportAdminRoutes } from './admin-routes.ts'
export { reportClientRoutes } from './client-routes.ts'
export { createReports, type Reports, type ReportsDeps } from './reports.ts'
