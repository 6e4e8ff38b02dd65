import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const presence: Migration = {
  name: '20260101T0352-presence',
  async up(db) {
    await sql`CREATE TABLE presence (
      user_id TEXT NOT NULL PRIMARY KEY,
      state TEXT NOT NULL,
      status_msg TEXT,
      last_active_ms BIGINT,
      currently_active SMALLINT NOT NULL,
      position BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX presence_by_position ON presence (position)`.execute(db)
    await sql`CREATE TABLE presence_sources (
      user_id TEXT NOT NULL,
      device TEXT NOT NULL,
      process_id TEXT NOT NULL,
      state TEXT NOT NULL,
      PRIMARY KEY (user_id, device, process_id)
    )`.execute(db)
    await sql`CREATE INDEX presence_sources_by_process ON presence_sources (process_id)`.execute(db)
    await sql`CREATE TABLE presence_processes (
      process_id TEXT NOT NULL PRIMARY KEY,
      alive_until_ms BIGINT NOT NULL
    )`.execute(db)
  },
}
