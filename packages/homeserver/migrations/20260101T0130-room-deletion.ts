import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** What room deletion leaves behind, and the orders of the admin's room list. */
export const roomDeletion: Migration = {
  name: '20260101T0130-room-deletion',
  async up(db) {
    await sql`CREATE TABLE room_departures (
      user_id TEXT NOT NULL,
      position BIGINT NOT NULL,
      room_id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      event_json TEXT NOT NULL,
      PRIMARY KEY (user_id, room_id)
    )`.execute(db)
    await sql`CREATE INDEX room_departures_by_position ON room_departures (user_id, position)`.execute(db)
    await sql`CREATE INDEX rooms_by_name ON rooms ((coalesce(name, '')), room_id)`.execute(db)
    await sql`CREATE INDEX rooms_by_alias ON rooms ((coalesce(canonical_alias, '')), room_id)`.execute(db)
    await sql`CREATE INDEX rooms_by_creator ON rooms (creator, room_id)`.execute(db)
    await sql`CREATE INDEX rooms_by_joined ON rooms (joined_members, room_id)`.execute(db)
    await sql`CREATE INDEX rooms_by_joined_local ON rooms (joined_local_members, room_id)`.execute(db)
    await sql`CREATE INDEX rooms_by_state_events ON rooms (state_events, room_id)`.execute(db)
  },
}
