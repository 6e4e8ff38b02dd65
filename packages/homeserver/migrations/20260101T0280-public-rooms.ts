import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const publicRooms: Migration = {
  name: '20260101T0280-public-rooms',
  async up(db) {
    await sql`CREATE INDEX rooms_published ON rooms (joined_members DESC, room_id) WHERE published = 1`.execute(db)
    await sql`CREATE INDEX event_transactions_by_time ON event_transactions (created_at_ms)`.execute(db)
  },
}
