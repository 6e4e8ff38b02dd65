import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const reports: Migration = {
  name: '20260101T0300-reports',
  async up(db) {
    await sql`CREATE TABLE event_reports (
      id BIGINT PRIMARY KEY,
      received_at_ms BIGINT NOT NULL,
      room_id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      reason TEXT,
      score BIGINT
    )`.execute(db)
    await sql`CREATE TABLE room_reports (
      id BIGINT PRIMARY KEY,
      received_at_ms BIGINT NOT NULL,
      room_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      reason TEXT NOT NULL
    )`.execute(db)
    await sql`CREATE TABLE user_reports (
      id BIGINT PRIMARY KEY,
      received_at_ms BIGINT NOT NULL,
      target_user_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      reason TEXT NOT NULL
    )`.execute(db)
  },
}
