import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const clientAssertions: Migration = {
  name: '20260101T1580-client-assertions',
  async up(db) {
    await sql`ALTER TABLE auth_clients ADD COLUMN sealed_secret TEXT`.execute(db)
    await sql`CREATE TABLE auth_client_assertions (
      id_hash TEXT PRIMARY KEY,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_client_assertions_by_expiry ON auth_client_assertions (expires_at_ms)`.execute(db)
  },
}
