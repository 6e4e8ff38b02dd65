import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const users: Migration = {
  name: '20260101T0000-users',
  async up(db) {
    await sql`CREATE TABLE users (
      user_id TEXT PRIMARY KEY,
      localpart TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      admin SMALLINT NOT NULL DEFAULT 0,
      deactivated SMALLINT NOT NULL DEFAULT 0,
      locked SMALLINT NOT NULL DEFAULT 0,
      suspended SMALLINT NOT NULL DEFAULT 0,
      shadow_banned SMALLINT NOT NULL DEFAULT 0,
      erased SMALLINT NOT NULL DEFAULT 0,
      approved SMALLINT NOT NULL DEFAULT 1,
      is_guest SMALLINT NOT NULL DEFAULT 0,
      user_type TEXT,
      appservice_id TEXT,
      display_name TEXT,
      avatar_url TEXT,
      consent_version TEXT,
      consent_at_ms BIGINT,
      last_seen_ms BIGINT
    )`.execute(db)
    await sql`CREATE INDEX users_by_creation ON users (created_at_ms, user_id)`.execute(db)
    await sql`CREATE TABLE devices (
      user_id TEXT NOT NULL REFERENCES users (user_id),
      device_id TEXT NOT NULL,
      display_name TEXT,
      created_at_ms BIGINT NOT NULL,
      last_seen_ms BIGINT,
      last_seen_ip TEXT,
      last_seen_user_agent TEXT,
      PRIMARY KEY (user_id, device_id)
    )`.execute(db)
    await sql`CREATE TABLE user_addresses (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      ip TEXT NOT NULL,
      user_agent TEXT NOT NULL,
      last_seen_ms BIGINT NOT NULL,
      PRIMARY KEY (user_id, device_id, ip, user_agent)
    )`.execute(db)
    await sql`CREATE INDEX user_addresses_by_time ON user_addresses (last_seen_ms)`.execute(db)
  },
}
