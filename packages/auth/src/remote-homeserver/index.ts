export { createHomeserverCalls, type HomeserverCalls } from './homeserver-calls.ts'
export { createHomeserverConnection, type RemoteHomeserverSettings } from './homeserver-connection.ts'
export { createRemoteHomeserverLink } from './remote-homeserver-link.ts'
export type { HomeserverCallTables } from './tables.ts'
