export { createRetention, type Retention } from './retention.ts'
export type { RetentionJob, RetentionSettings } from './retention-policy.ts'
export { retentionRoutes } from './routes.ts'
