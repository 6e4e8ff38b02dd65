export type { DeviceGrant, FulfilledDeviceGrant, PendingDeviceGrant } from './device-grant.ts'
export * from './device-grants.ts'
export * from './routes.ts'
export type { DeviceGrantTables } from './tables.ts'
