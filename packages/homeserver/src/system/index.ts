export { claimServerName, OtherServerNameError } from './claim-server-name.ts'
export { type SystemRoutesOptions, systemRoutes } from './routes.ts'
