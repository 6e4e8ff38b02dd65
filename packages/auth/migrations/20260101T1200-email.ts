import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const email: Migration = {
  name: '20260101T1200-email',
  async up(db) {
    await sql`CREATE TABLE auth_mails (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      address TEXT NOT NULL,
      subject TEXT NOT NULL,
      body_text TEXT NOT NULL,
      body_html TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT NOT NULL,
      due_at_ms BIGINT NOT NULL,
      attempts INTEGER NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_mails_by_due ON auth_mails (due_at_ms)`.execute(db)
    await sql`CREATE TABLE auth_email_validations (
      sid TEXT PRIMARY KEY,
      purpose TEXT NOT NULL,
      address TEXT NOT NULL,
      client_secret TEXT NOT NULL,
      send_attempt BIGINT NOT NULL,
      next_link TEXT,
      expires_at_ms BIGINT NOT NULL,
      validated_at_ms BIGINT,
      UNIQUE (purpose, address, client_secret)
    )`.execute(db)
    await sql`CREATE INDEX auth_email_validations_by_expiry ON auth_email_validations (expires_at_ms)`.execute(db)
  },
}
