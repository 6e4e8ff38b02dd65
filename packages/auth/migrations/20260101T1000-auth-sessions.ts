import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const authSessions: Migration = {
  name: '20260101T1000-auth-sessions',
  async up(db) {
    await sql`CREATE TABLE auth_accounts (
      id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL UNIQUE,
      created_at_ms BIGINT NOT NULL,
      password_hash TEXT
    )`.execute(db)
    await sql`CREATE TABLE auth_sessions (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      user_id TEXT,
      device_id TEXT,
      client_id TEXT,
      owner_user_id TEXT,
      browser_session_id TEXT,
      scope TEXT NOT NULL,
      human_name TEXT,
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT,
      finished_at_ms BIGINT,
      last_active_at_ms BIGINT,
      last_active_ip TEXT,
      user_agent TEXT
    )`.execute(db)
    await sql`CREATE INDEX auth_sessions_by_user ON auth_sessions (user_id, device_id)`.execute(db)
    await sql`CREATE INDEX auth_sessions_by_owner ON auth_sessions (owner_user_id)`.execute(db)
    await sql`CREATE INDEX auth_sessions_by_client ON auth_sessions (client_id)`.execute(db)
    await sql`CREATE INDEX auth_sessions_by_kind ON auth_sessions (kind, id)`.execute(db)
    await sql`CREATE TABLE auth_access_tokens (
      token_hash TEXT PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      session_id TEXT NOT NULL REFERENCES auth_sessions (id),
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT,
      from_refresh SMALLINT NOT NULL,
      first_used_at_ms BIGINT
    )`.execute(db)
    await sql`CREATE INDEX auth_access_tokens_by_session ON auth_access_tokens (session_id)`.execute(db)
    await sql`CREATE TABLE auth_refresh_tokens (
      token_hash TEXT PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      session_id TEXT NOT NULL REFERENCES auth_sessions (id),
      access_token_id TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT,
      consumed_at_ms BIGINT,
      next_id TEXT,
      replaced_at_ms BIGINT
    )`.execute(db)
    await sql`CREATE INDEX auth_refresh_tokens_by_session ON auth_refresh_tokens (session_id)`.execute(db)
    await sql`CREATE TABLE auth_browser_sessions (
      id TEXT PRIMARY KEY,
      cookie_hash TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      finished_at_ms BIGINT,
      last_active_at_ms BIGINT NOT NULL,
      last_active_ip TEXT,
      user_agent TEXT
    )`.execute(db)
    await sql`CREATE INDEX auth_browser_sessions_by_user ON auth_browser_sessions (user_id)`.execute(db)
  },
}
