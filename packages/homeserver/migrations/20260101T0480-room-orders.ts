import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** The orders of the admin's room list that had no index yet. */
export const roomOrders: Migration = {
  name: '20260101T0480-room-orders',
  async up(db) {
    for (const column of ['version', 'federatable', 'published']) {
      await sql`CREATE INDEX ${sql.ref(`rooms_by_${column}`)} ON rooms (${sql.ref(column)}, room_id)`.execute(db)
    }
    for (const column of ['encryption', 'join_rules', 'guest_access', 'history_visibility']) {
      await sql`CREATE INDEX ${sql.ref(`rooms_by_${column}`)} ON rooms ((coalesce(${sql.ref(column)}, '')), room_id)`.execute(db)
    }
  },
}
