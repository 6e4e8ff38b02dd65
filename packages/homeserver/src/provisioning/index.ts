export { type ProvisioningDeps, provisioningRoutes } from './routes.ts'
