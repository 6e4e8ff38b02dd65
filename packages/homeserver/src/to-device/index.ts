export { deleteQueues, deleteUpTo, messagesFor, type ToDeviceMessage } from './queue.ts'
