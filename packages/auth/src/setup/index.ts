export * from './setup-links.ts'
export type { SetupTables } from './tables.ts'
