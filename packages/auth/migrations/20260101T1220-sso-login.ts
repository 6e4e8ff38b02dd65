import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const ssoLogin: Migration = {
  name: '20260101T1220-sso-login',
  async up(db) {
    await sql`CREATE TABLE auth_sso_logins (
      id TEXT PRIMARY KEY,
      redirect_url TEXT NOT NULL,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_sso_logins_by_expiry ON auth_sso_logins (expires_at_ms)`.execute(db)
    await sql`CREATE TABLE auth_login_tokens (
      token_hash TEXT PRIMARY KEY,
      user_id TEXT NOT NULL,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_login_tokens_by_expiry ON auth_login_tokens (expires_at_ms)`.execute(db)
  },
}
