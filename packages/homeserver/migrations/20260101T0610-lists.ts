import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const lists: Migration = {
  name: '20260101T0610-lists',
  async up(db) {
    await sql`CREATE TABLE list_entries (
      list TEXT NOT NULL,
      item TEXT NOT NULL,
      reason TEXT,
      added_by TEXT NOT NULL,
      added_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT,
      PRIMARY KEY (list, item)
    )`.execute(db)
    await sql`INSERT INTO list_entries (list, item, reason, added_by, added_at_ms, expires_at_ms)
      SELECT 'rooms', room_id, NULL, blocked_by, blocked_at_ms, NULL FROM blocked_rooms`.execute(db)
    await sql`DROP TABLE blocked_rooms`.execute(db)
  },
}
