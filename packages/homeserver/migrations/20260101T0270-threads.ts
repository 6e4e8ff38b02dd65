import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const threads: Migration = {
  name: '20260101T0270-threads',
  async up(db) {
    await sql`CREATE INDEX events_by_thread ON events (room_id, relates_to, position) WHERE rel_type = 'm.thread'`.execute(db)
  },
}
