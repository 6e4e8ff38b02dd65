export { type SpaceRoutesDeps, spaceRoutes } from './routes.ts'
