export { type ThreepidRouteDeps, threepidRoutes } from './routes.ts'
