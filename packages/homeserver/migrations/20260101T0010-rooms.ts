import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const rooms: Migration = {
  name: '20260101T0010-rooms',
  async up(db) {
    await sql`CREATE TABLE rooms (
      room_id TEXT PRIMARY KEY,
      version TEXT NOT NULL,
      creator TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      published SMALLINT NOT NULL DEFAULT 0,
      federatable SMALLINT NOT NULL DEFAULT 1,
      room_type TEXT,
      name TEXT,
      topic TEXT,
      avatar_url TEXT,
      canonical_alias TEXT,
      encryption TEXT,
      join_rules TEXT,
      guest_access TEXT,
      history_visibility TEXT,
      tombstoned SMALLINT NOT NULL DEFAULT 0,
      joined_members BIGINT NOT NULL DEFAULT 0,
      joined_local_members BIGINT NOT NULL DEFAULT 0,
      invited_members BIGINT NOT NULL DEFAULT 0,
      state_events BIGINT NOT NULL DEFAULT 0,
      last_position BIGINT NOT NULL DEFAULT 0
    )`.execute(db)
    await sql`CREATE TABLE blocked_rooms (
      room_id TEXT PRIMARY KEY,
      blocked_by TEXT NOT NULL,
      blocked_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE TABLE room_aliases (
      alias TEXT PRIMARY KEY,
      room_id TEXT NOT NULL,
      creator TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX room_aliases_by_room ON room_aliases (room_id)`.execute(db)
  },
}
