export { createRecovery, type Recovery } from './recovery.ts'
export type { RecoveryTables } from './tables.ts'
