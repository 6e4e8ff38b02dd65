import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const emailPages: Migration = {
  name: '20260101T1210-email-pages',
  async up(db) {
    await sql`CREATE TABLE auth_email_codes (
      id TEXT PRIMARY KEY,
      purpose TEXT NOT NULL,
      owner TEXT NOT NULL,
      address TEXT NOT NULL,
      payload TEXT NOT NULL,
      sends INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      code_expires_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_email_codes_by_expiry ON auth_email_codes (expires_at_ms)`.execute(db)
    await sql`CREATE TABLE auth_recovery_tickets (
      ticket_hash TEXT PRIMARY KEY,
      user_id TEXT,
      expires_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_recovery_tickets_by_expiry ON auth_recovery_tickets (expires_at_ms)`.execute(db)
  },
}
