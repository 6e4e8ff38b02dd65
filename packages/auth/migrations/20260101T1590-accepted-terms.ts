import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const acceptedTerms: Migration = {
  name: '20260101T1590-accepted-terms',
  async up(db) {
    await sql`CREATE TABLE auth_accepted_terms (
      user_id TEXT NOT NULL,
      policy TEXT NOT NULL,
      version TEXT NOT NULL,
      accepted_at_ms BIGINT NOT NULL,
      PRIMARY KEY (user_id, policy, version)
    )`.execute(db)
  },
}
