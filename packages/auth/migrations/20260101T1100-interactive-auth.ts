import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const interactiveAuth: Migration = {
  name: '20260101T1100-interactive-auth',
  async up(db) {
    await sql`CREATE TABLE auth_interactive_sessions (
      id TEXT PRIMARY KEY,
      operation TEXT NOT NULL,
      parameters TEXT NOT NULL,
      completed TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_interactive_sessions_by_expiry ON auth_interactive_sessions (expires_at_ms)`.execute(db)
    await sql`CREATE TABLE auth_registration_tokens (
      token TEXT PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      uses_allowed BIGINT,
      pending BIGINT NOT NULL,
      completed BIGINT NOT NULL,
      expires_at_ms BIGINT,
      created_at_ms BIGINT NOT NULL,
      last_used_at_ms BIGINT,
      revoked_at_ms BIGINT
    )`.execute(db)
  },
}
