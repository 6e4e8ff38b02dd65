export { isChildOfSpace } from './hierarchy.ts'
export { type SpaceRoutesDeps, spaceRoutes } from './routes.ts'
