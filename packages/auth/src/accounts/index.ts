export type { Account } from './account-store.ts'
export * from './accounts.ts'
export type { AccountTables } from './tables.ts'
