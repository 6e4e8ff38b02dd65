export { createDelayedEvents, type DelayedEvents } from './delayed-events.ts'
export { delayedEventRoutes } from './routes.ts'
export type { EventToDelay } from './schedule-event.ts'
