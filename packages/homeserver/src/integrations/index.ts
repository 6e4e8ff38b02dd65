export { integrationClientRoutes } from './routes.ts'
