export { createPushers, listPushers, type Pusher, type Pushers } from './pushers.ts'
export { pusherClientRoutes } from './routes.ts'
