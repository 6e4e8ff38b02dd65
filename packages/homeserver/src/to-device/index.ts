export { deleteQueues, deleteUpTo, messagesFor, type ToDeviceMessage } from './queue.ts'
export { toDeviceClientRoutes } from './routes.ts'
export { createToDevice, type ToDevice, type ToDeviceMessages } from './to-device.ts'
