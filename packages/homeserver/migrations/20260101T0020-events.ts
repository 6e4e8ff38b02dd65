import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const events: Migration = {
  name: '20260101T0020-events',
  async up(db) {
    await sql`CREATE TABLE events (
      event_id TEXT PRIMARY KEY,
      room_id TEXT NOT NULL,
      position BIGINT NOT NULL UNIQUE,
      depth BIGINT NOT NULL,
      type TEXT NOT NULL,
      state_key TEXT,
      sender TEXT NOT NULL,
      origin_server_ts BIGINT NOT NULL,
      received_at_ms BIGINT NOT NULL,
      json TEXT NOT NULL,
      state_before BIGINT NOT NULL,
      state_after BIGINT NOT NULL,
      replaces_state TEXT,
      rejected_reason TEXT,
      soft_failed SMALLINT NOT NULL DEFAULT 0,
      redacts TEXT,
      redacted_by TEXT,
      relates_to TEXT,
      rel_type TEXT,
      contains_url SMALLINT NOT NULL DEFAULT 0
    )`.execute(db)
    await sql`CREATE INDEX events_by_room_order ON events (room_id, depth, position)`.execute(db)
    await sql`CREATE INDEX events_by_room_position ON events (room_id, position)`.execute(db)
    await sql`CREATE INDEX events_by_sender ON events (sender, position)`.execute(db)
    await sql`CREATE INDEX events_by_relation ON events (relates_to, rel_type)`.execute(db)
    await sql`CREATE INDEX events_by_redacted ON events (redacts)`.execute(db)
    await sql`CREATE TABLE forward_extremities (
      room_id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      PRIMARY KEY (room_id, event_id)
    )`.execute(db)
    await sql`CREATE TABLE state_groups (
      id BIGINT PRIMARY KEY,
      room_id TEXT NOT NULL,
      previous_id BIGINT,
      deltas INTEGER NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX state_groups_by_room ON state_groups (room_id)`.execute(db)
    await sql`CREATE TABLE state_group_entries (
      group_id BIGINT NOT NULL,
      type TEXT NOT NULL,
      state_key TEXT NOT NULL,
      event_id TEXT NOT NULL,
      PRIMARY KEY (group_id, type, state_key)
    )`.execute(db)
    await sql`CREATE TABLE current_state (
      room_id TEXT NOT NULL,
      type TEXT NOT NULL,
      state_key TEXT NOT NULL,
      event_id TEXT NOT NULL,
      PRIMARY KEY (room_id, type, state_key)
    )`.execute(db)
    await sql`CREATE TABLE state_changes (
      position BIGINT NOT NULL,
      room_id TEXT NOT NULL,
      type TEXT NOT NULL,
      state_key TEXT NOT NULL,
      event_id TEXT,
      previous_event_id TEXT,
      PRIMARY KEY (room_id, position, type, state_key)
    )`.execute(db)
    await sql`CREATE TABLE memberships (
      room_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      membership TEXT NOT NULL,
      event_id TEXT NOT NULL,
      sender TEXT NOT NULL,
      position BIGINT NOT NULL,
      is_local SMALLINT NOT NULL,
      forgotten SMALLINT NOT NULL DEFAULT 0,
      display_name TEXT,
      avatar_url TEXT,
      PRIMARY KEY (room_id, user_id)
    )`.execute(db)
    await sql`CREATE INDEX memberships_by_user ON memberships (user_id, membership)`.execute(db)
    await sql`CREATE INDEX memberships_by_user_position ON memberships (user_id, position)`.execute(db)
    await sql`CREATE INDEX memberships_by_room ON memberships (room_id, membership)`.execute(db)
    await sql`CREATE TABLE event_transactions (
      user_id TEXT NOT NULL,
      session_id TEXT NOT NULL,
      scope TEXT NOT NULL,
      transaction_id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      PRIMARY KEY (user_id, session_id, scope, transaction_id)
    )`.execute(db)
    await sql`CREATE INDEX event_transactions_by_event ON event_transactions (event_id)`.execute(db)
  },
}
