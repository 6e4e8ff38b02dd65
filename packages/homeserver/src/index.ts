export { homeserverMigrations } from '../migrations/index.ts'
export {
  type AccountData,
  accountDataClientRoutes,
  createAccountData,
  deleteAllAccountData,
  get as accountDataOf,
} from './account-data/index.ts'
export type { AuthLink } from './auth-link.ts'
export * from './devices/index.ts'
export * from './directory/index.ts'
export { createFilters, type Filters, filterClientRoutes } from './filters/index.ts'
export { historyClientRoutes, parseTimelineToken, StateViews } from './history/index.ts'
export { createHomeserverLink, type HomeserverForAuth } from './homeserver-link.ts'
export { integrationClientRoutes } from './integrations/index.ts'
export { createKeyBackup, type KeyBackup, keyBackupClientRoutes } from './key-backup/index.ts'
export { createKeys, type Keys, keyClientRoutes } from './keys/index.ts'
export * from './media/index.ts'
export * from './membership/index.ts'
export { createPushRules, type PushRules, pushRuleClientRoutes } from './push-rules/index.ts'
export { createPushers, type Pushers, pusherClientRoutes } from './pushers/index.ts'
export { createReceipts, purgeReceipts, type Receipts, receiptClientRoutes } from './receipts/index.ts'
export * from './reports/index.ts'
export * from './rooms/index.ts'
export type { HomeserverSchema } from './schema.ts'
export { SignalBus, type SignalName, type Signals } from './signals.ts'
export { createSync, presenceClientRoutes, type Sync, syncClientRoutes } from './sync/index.ts'
export * from './system/index.ts'
export * from './tasks/index.ts'
export * from './timeline/index.ts'
export { createToDevice, type ToDevice, toDeviceClientRoutes } from './to-device/index.ts'
export { TypingUsers, typingClientRoutes } from './typing/index.ts'
export { userDirectoryClientRoutes } from './user-directory/index.ts'
export * from './users/index.ts'
