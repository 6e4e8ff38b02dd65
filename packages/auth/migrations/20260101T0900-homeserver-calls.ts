import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const homeserverCalls: Migration = {
  name: '20260101T0900-homeserver-calls',
  async up(db) {
    await sql`CREATE TABLE auth_homeserver_calls (
      position BIGINT PRIMARY KEY,
      user_id TEXT NOT NULL,
      operation TEXT NOT NULL,
      body TEXT NOT NULL,
      due_at_ms BIGINT NOT NULL,
      claimed_until_ms BIGINT NOT NULL,
      attempts INTEGER NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX auth_homeserver_calls_by_user ON auth_homeserver_calls (user_id, position)`.execute(db)
  },
}
