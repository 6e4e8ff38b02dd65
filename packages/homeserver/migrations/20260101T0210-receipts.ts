import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const receipts: Migration = {
  name: '20260101T0210-receipts',
  async up(db) {
    await sql`CREATE TABLE receipts (
      room_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      receipt_type TEXT NOT NULL,
      thread_id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      event_position BIGINT NOT NULL,
      ts BIGINT NOT NULL,
      position BIGINT NOT NULL,
      PRIMARY KEY (room_id, user_id, receipt_type, thread_id)
    )`.execute(db)
    await sql`CREATE INDEX receipts_by_room_position ON receipts (room_id, position)`.execute(db)
    await sql`CREATE INDEX receipts_by_user ON receipts (user_id, room_id)`.execute(db)
  },
}
