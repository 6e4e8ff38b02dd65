export { authMigrations } from '../migrations/index.ts'
export type { HomeserverLink, LinkedUser } from './homeserver-link.ts'
export type { AuthSchema } from './schema.ts'
