export { type SystemRoutesOptions, systemRoutes } from './routes.ts'
