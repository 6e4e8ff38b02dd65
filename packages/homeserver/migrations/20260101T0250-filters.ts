import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const filters: Migration = {
  name: '20260101T0250-filters',
  async up(db) {
    await sql`CREATE TABLE filters (
      user_id TEXT NOT NULL,
      filter_id TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (user_id, filter_id)
    )`.execute(db)
  },
}
