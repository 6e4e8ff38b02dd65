export { integrationClientRoutes } from './routes.ts'
export type { TurnServers } from './turn-credentials.ts'
