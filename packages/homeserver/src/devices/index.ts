export { deviceAdminRoutes } from './admin-routes.ts'
export { deviceClientRoutes } from './client-routes.ts'
export { type Device, insertDevices } from './device-store.ts'
export { checkDeviceId, checkDeviceName, createDevices, type DeviceHook, type Devices } from './devices.ts'
