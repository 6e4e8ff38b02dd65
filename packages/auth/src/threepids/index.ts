export { emailAuthAdminRoutes } from './email-auth-admin-routes.ts'
export { type ThreepidRouteDeps, threepidRoutes } from './routes.ts'
