import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const mediaAge: Migration = {
  name: '20260101T0630-media-age',
  async up(db) {
    await sql`CREATE INDEX local_media_by_age ON local_media ((COALESCE(last_access_ms, created_at_ms)))`.execute(db)
    await sql`CREATE INDEX current_state_retention ON current_state (room_id) WHERE type = 'm.room.retention'`.execute(db)
  },
}
