export { type AuditedChange, type AuditTrailDeps, createAuditTrail, recordChange } from './audit-trail.ts'
export { auditAdminRoutes, auditRecordsById } from './routes.ts'
export type { Snapshot, TakeSnapshot } from './snapshots.ts'
