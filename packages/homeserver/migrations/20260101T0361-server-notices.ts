import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const serverNotices: Migration = {
  name: '20260101T0361-server-notices',
  async up(db) {
    await sql`CREATE TABLE server_notice_rooms (
      room_id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX server_notice_rooms_by_user ON server_notice_rooms (user_id, created_at_ms)`.execute(db)
  },
}
