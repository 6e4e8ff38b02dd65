export { BULK_USERS_ACTION, type Bulk, createBulk } from './bulk.ts'
export { type BulkRunnerDeps, bulkRunner } from './bulk-runner.ts'
export { bulkJobsById, bulkRoutes } from './routes.ts'
export { type UserActionDeps, userActions } from './user-actions.ts'
