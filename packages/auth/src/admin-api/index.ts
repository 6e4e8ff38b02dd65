export { authAdminServerRoutes } from './server-routes.ts'
