import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const upstreamSignIn: Migration = {
  name: '20260101T1400-upstream-sign-in',
  async up(db) {
    await sql`ALTER TABLE auth_upstream_providers ADD COLUMN synapse_idp_id TEXT`.execute(db)
    await sql`CREATE TABLE auth_upstream_sign_ins (
      id TEXT PRIMARY KEY,
      provider_id TEXT NOT NULL REFERENCES auth_upstream_providers (id),
      state_hash TEXT NOT NULL UNIQUE,
      browser_hash TEXT NOT NULL,
      nonce TEXT NOT NULL,
      code_verifier TEXT,
      continuation TEXT NOT NULL,
      expires_at_ms BIGINT NOT NULL,
      returned_at_ms BIGINT,
      identity TEXT
    )`.execute(db)
    await sql`CREATE INDEX auth_upstream_sign_ins_by_expiry ON auth_upstream_sign_ins (expires_at_ms)`.execute(db)
    await sql`CREATE TABLE auth_upstream_logins (
      browser_session_id TEXT PRIMARY KEY,
      provider_id TEXT NOT NULL REFERENCES auth_upstream_providers (id),
      subject TEXT NOT NULL,
      sid TEXT
    )`.execute(db)
    await sql`CREATE INDEX auth_upstream_logins_by_subject ON auth_upstream_logins (provider_id, subject)`.execute(db)
    await sql`CREATE INDEX auth_upstream_logins_by_sid ON auth_upstream_logins (provider_id, sid)`.execute(db)
  },
}
