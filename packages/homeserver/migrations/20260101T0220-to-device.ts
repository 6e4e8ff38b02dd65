import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const toDevice: Migration = {
  name: '20260101T0220-to-device',
  async up(db) {
    await sql`CREATE TABLE to_device_messages (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      position BIGINT NOT NULL,
      type TEXT NOT NULL,
      sender TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (user_id, device_id, position)
    )`.execute(db)
    await sql`CREATE TABLE to_device_transactions (
      user_id TEXT NOT NULL,
      session_id TEXT NOT NULL,
      type TEXT NOT NULL,
      transaction_id TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      PRIMARY KEY (user_id, session_id, type, transaction_id)
    )`.execute(db)
    await sql`CREATE INDEX to_device_transactions_by_time ON to_device_transactions (created_at_ms)`.execute(db)
  },
}
