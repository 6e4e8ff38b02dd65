import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const appservices: Migration = {
  name: '20260101T0340-appservices',
  async up(db) {
    await sql`CREATE TABLE appservice_feeds (
      appservice_id TEXT PRIMARY KEY,
      events_position BIGINT NOT NULL,
      receipts_position BIGINT NOT NULL,
      to_device_position BIGINT NOT NULL,
      device_lists_position BIGINT NOT NULL,
      last_transaction_id BIGINT NOT NULL,
      lease_owner TEXT,
      lease_until_ms BIGINT
    )`.execute(db)
    await sql`CREATE TABLE appservice_events (
      appservice_id TEXT NOT NULL,
      position BIGINT NOT NULL,
      event_id TEXT NOT NULL,
      PRIMARY KEY (appservice_id, position)
    )`.execute(db)
    await sql`CREATE TABLE appservice_transactions (
      appservice_id TEXT PRIMARY KEY,
      transaction_id BIGINT NOT NULL,
      body TEXT NOT NULL
    )`.execute(db)
    await sql`CREATE TABLE appservice_public_rooms (
      appservice_id TEXT NOT NULL,
      network_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      PRIMARY KEY (appservice_id, network_id, room_id)
    )`.execute(db)
    // what was written since, in any room and for any device
    await sql`CREATE INDEX receipts_by_position ON receipts (position)`.execute(db)
    await sql`CREATE INDEX to_device_messages_by_position ON to_device_messages (position)`.execute(db)
  },
}
