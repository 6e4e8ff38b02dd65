import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const slidingSync: Migration = {
  name: '20260101T0310-sliding-sync',
  async up(db) {
    await sql`CREATE TABLE sliding_sync_connections (
      connection_id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      conn_id TEXT NOT NULL,
      base_id TEXT NOT NULL,
      used_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE UNIQUE INDEX sliding_sync_connections_by_device
      ON sliding_sync_connections (user_id, device_id, conn_id)`.execute(db)
    await sql`CREATE INDEX sliding_sync_connections_by_use ON sliding_sync_connections (used_at_ms)`.execute(db)
    await sql`CREATE TABLE sliding_sync_answers (
      connection_id TEXT NOT NULL,
      answer_id TEXT NOT NULL,
      parent_id TEXT NOT NULL,
      number BIGINT NOT NULL,
      PRIMARY KEY (connection_id, answer_id)
    )`.execute(db)
    await sql`CREATE TABLE sliding_sync_entries (
      connection_id TEXT NOT NULL,
      answer_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      value TEXT,
      PRIMARY KEY (connection_id, answer_id, kind, name)
    )`.execute(db)
  },
}
