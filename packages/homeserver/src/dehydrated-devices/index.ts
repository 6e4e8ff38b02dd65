export { createDehydratedDevices, type DehydratedDevice, type DehydratedDevices } from './dehydrated-devices.ts'
export { dehydratedDeviceRoutes } from './routes.ts'
