import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const signingKeys: Migration = {
  name: '20260101T1581-signing-keys',
  async up(db) {
    await sql`CREATE TABLE auth_signing_keys (
      kid TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      public_jwk TEXT NOT NULL,
      sealed_key TEXT,
      created_at_ms BIGINT NOT NULL,
      retired_at_ms BIGINT
    )`.execute(db)
  },
}
