export { slidingSyncClientRoutes } from './client-routes.ts'
export { createSlidingSync, type SlidingSync } from './sliding-sync.ts'
