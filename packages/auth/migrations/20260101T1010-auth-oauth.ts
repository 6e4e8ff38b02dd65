import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const authOauth: Migration = {
  name: '20260101T1010-auth-oauth',
  async up(db) {
    await sql`CREATE TABLE auth_clients (
      id TEXT PRIMARY KEY,
      created_at_ms BIGINT NOT NULL,
      metadata_digest TEXT UNIQUE,
      secret_hash TEXT,
      metadata TEXT NOT NULL
    )`.execute(db)
    await sql`CREATE TABLE auth_authorization_grants (
      id TEXT PRIMARY KEY,
      client_id TEXT NOT NULL REFERENCES auth_clients (id),
      created_at_ms BIGINT NOT NULL,
      stage TEXT NOT NULL,
      redirect_uri TEXT NOT NULL,
      response_mode TEXT NOT NULL,
      scope TEXT NOT NULL,
      state TEXT,
      nonce TEXT,
      code_challenge TEXT,
      login_hint TEXT,
      needs_fresh_login SMALLINT NOT NULL,
      code_hash TEXT UNIQUE,
      browser_session_id TEXT,
      decided_at_ms BIGINT,
      exchanged_at_ms BIGINT,
      session_id TEXT
    )`.execute(db)
    await sql`CREATE TABLE auth_device_grants (
      id TEXT PRIMARY KEY,
      client_id TEXT NOT NULL REFERENCES auth_clients (id),
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT NOT NULL,
      stage TEXT NOT NULL,
      scope TEXT NOT NULL,
      device_code_hash TEXT NOT NULL UNIQUE,
      user_code TEXT NOT NULL,
      ip TEXT NOT NULL,
      user_agent TEXT NOT NULL,
      browser_session_id TEXT,
      decided_at_ms BIGINT,
      exchanged_at_ms BIGINT,
      session_id TEXT
    )`.execute(db)
    await sql`CREATE INDEX auth_device_grants_by_user_code ON auth_device_grants (user_code)`.execute(db)
    await sql`CREATE TABLE auth_setup_links (
      token_hash TEXT PRIMARY KEY,
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
  },
}
