import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const pushRules: Migration = {
  name: '20260101T0240-push-rules',
  async up(db) {
    await sql`CREATE TABLE push_rules (
      user_id TEXT PRIMARY KEY,
      own_rules TEXT NOT NULL,
      default_changes TEXT NOT NULL,
      position BIGINT NOT NULL
    )`.execute(db)
  },
}
