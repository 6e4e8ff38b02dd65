export { userinfoRoutes } from './routes.ts'
