import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const keyBackup: Migration = {
  name: '20260101T0260-key-backup',
  async up(db) {
    await sql`CREATE TABLE key_backup_versions (
      user_id TEXT NOT NULL,
      version BIGINT NOT NULL,
      algorithm TEXT NOT NULL,
      auth_data TEXT NOT NULL,
      etag BIGINT NOT NULL DEFAULT 0,
      key_count BIGINT NOT NULL DEFAULT 0,
      deleted SMALLINT NOT NULL DEFAULT 0,
      PRIMARY KEY (user_id, version)
    )`.execute(db)
    await sql`CREATE TABLE key_backup_sessions (
      user_id TEXT NOT NULL,
      version BIGINT NOT NULL,
      room_id TEXT NOT NULL,
      session_id TEXT NOT NULL,
      first_message_index BIGINT NOT NULL,
      forwarded_count BIGINT NOT NULL,
      is_verified SMALLINT NOT NULL,
      session_data TEXT NOT NULL,
      PRIMARY KEY (user_id, version, room_id, session_id)
    )`.execute(db)
  },
}
