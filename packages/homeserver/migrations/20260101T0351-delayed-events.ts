import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const delayedEvents: Migration = {
  name: '20260101T0351-delayed-events',
  async up(db) {
    await sql`CREATE TABLE delayed_events (
      delay_id TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      session_id TEXT NOT NULL,
      device_id TEXT,
      room_id TEXT NOT NULL,
      type TEXT NOT NULL,
      state_key TEXT,
      content TEXT NOT NULL,
      delay_ms BIGINT NOT NULL,
      running_since_ms BIGINT NOT NULL,
      send_at_ms BIGINT NOT NULL,
      made_at_position BIGINT NOT NULL,
      claimed_until_ms BIGINT
    )`.execute(db)
    await sql`CREATE INDEX delayed_events_by_user ON delayed_events (user_id, send_at_ms)`.execute(db)
    await sql`CREATE INDEX delayed_events_by_time ON delayed_events (send_at_ms)`.execute(db)
  },
}
