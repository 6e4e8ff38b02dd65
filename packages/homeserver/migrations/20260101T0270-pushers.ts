import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const pushers: Migration = {
  name: '20260101T0270-pushers',
  async up(db) {
    await sql`CREATE TABLE pushers (
      user_id TEXT NOT NULL,
      app_id TEXT NOT NULL,
      pushkey TEXT NOT NULL,
      kind TEXT NOT NULL,
      app_display_name TEXT NOT NULL,
      device_display_name TEXT NOT NULL,
      lang TEXT NOT NULL,
      profile_tag TEXT NOT NULL,
      data TEXT NOT NULL,
      session_id TEXT NOT NULL,
      device_id TEXT,
      created_at_ms BIGINT NOT NULL,
      PRIMARY KEY (user_id, app_id, pushkey)
    )`.execute(db)
    await sql`CREATE INDEX pushers_by_key ON pushers (app_id, pushkey)`.execute(db)
  },
}
