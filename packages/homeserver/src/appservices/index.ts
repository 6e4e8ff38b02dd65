export { ensureSenders } from './ensure-senders.ts'
