import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** What the clean-up looks for. */
export const authCleanup: Migration = {
  name: '20260101T1020-auth-cleanup',
  async up(db) {
    await sql`CREATE INDEX auth_access_tokens_by_expiry ON auth_access_tokens (expires_at_ms)`.execute(db)
    await sql`CREATE INDEX auth_refresh_tokens_by_consumption ON auth_refresh_tokens (consumed_at_ms)`.execute(db)
    await sql`CREATE INDEX auth_sessions_by_finish ON auth_sessions (finished_at_ms)`.execute(db)
    await sql`CREATE INDEX auth_browser_sessions_by_finish ON auth_browser_sessions (finished_at_ms)`.execute(db)
    await sql`CREATE INDEX auth_authorization_grants_by_creation ON auth_authorization_grants (created_at_ms)`.execute(db)
    await sql`CREATE INDEX auth_device_grants_by_creation ON auth_device_grants (created_at_ms)`.execute(db)
  },
}
