export type { NamedSession, SessionSelection } from './backup-sessions.ts'
export type { BackupVersion } from './backup-versions.ts'
export { type BackupState, createKeyBackup, type KeyBackup } from './key-backup.ts'
export { keyBackupClientRoutes } from './routes.ts'
