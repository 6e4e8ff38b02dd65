export { claimServerName, OtherServerNameError } from './claim-server-name.ts'
export { healthRoute, type SystemRoutesOptions, systemRoutes } from './routes.ts'
