import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const openIdTokens: Migration = {
  name: '20260101T0350-openid-tokens',
  async up(db) {
    await sql`CREATE TABLE openid_tokens (
      token_hash TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX openid_tokens_by_expiry ON openid_tokens (expires_at_ms)`.execute(db)
    await sql`CREATE INDEX openid_tokens_by_user ON openid_tokens (user_id)`.execute(db)
  },
}
