import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** When there was something in a room last, and indexes for the orders of rooms and media chosen by conditions. */
export const selections: Migration = {
  name: '20260101T0520-selections',
  async up(db) {
    await sql`ALTER TABLE rooms ADD COLUMN active_hour_ms BIGINT NOT NULL DEFAULT 0`.execute(db)
    await sql`UPDATE rooms SET active_hour_ms = COALESCE((SELECT received_at_ms - received_at_ms % 3600000 FROM events
      WHERE events.position = rooms.last_position), created_at_ms - created_at_ms % 3600000)`.execute(db)
    await sql`CREATE INDEX rooms_by_activity ON rooms (active_hour_ms, room_id)`.execute(db)
    await sql`CREATE INDEX rooms_by_creation ON rooms (created_at_ms, room_id)`.execute(db)
    await sql`CREATE INDEX local_media_by_time ON local_media (created_at_ms, media_id)`.execute(db)
    await sql`CREATE INDEX local_media_by_access ON local_media ((COALESCE(last_access_ms, created_at_ms)), media_id)`.execute(db)
    await sql`CREATE INDEX local_media_by_size ON local_media ((COALESCE(size, 0)), media_id)`.execute(db)
    await sql`CREATE INDEX local_media_quarantined ON local_media (media_id) WHERE quarantined_by IS NOT NULL`.execute(db)
    await sql`CREATE INDEX local_media_protected ON local_media (media_id) WHERE safe_from_quarantine = 1`.execute(db)
  },
}
