import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const media: Migration = {
  name: '20260101T0110-media',
  async up(db) {
    await sql`CREATE TABLE local_media (
      media_id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL,
      media_type TEXT,
      size BIGINT,
      upload_name TEXT,
      sha256 TEXT,
      file_key TEXT,
      created_at_ms BIGINT NOT NULL,
      last_access_ms BIGINT,
      unused_expires_at_ms BIGINT,
      quarantined_by TEXT,
      safe_from_quarantine SMALLINT NOT NULL DEFAULT 0,
      authenticated SMALLINT NOT NULL DEFAULT 0
    )`.execute(db)
    await sql`CREATE INDEX local_media_by_user ON local_media (user_id, created_at_ms, media_id)`.execute(db)
    await sql`CREATE INDEX local_media_by_content ON local_media (sha256)`.execute(db)
    await sql`CREATE INDEX local_media_by_creation ON local_media (created_at_ms)`.execute(db)
    await sql`CREATE INDEX local_media_unused ON local_media (unused_expires_at_ms) WHERE unused_expires_at_ms IS NOT NULL`.execute(db)
    await sql`CREATE TABLE unwanted_media_files (file_key TEXT PRIMARY KEY)`.execute(db)
    await sql`CREATE TABLE media_quarantine_changes (
      position BIGINT PRIMARY KEY,
      origin TEXT NOT NULL,
      media_id TEXT NOT NULL,
      quarantined SMALLINT NOT NULL
    )`.execute(db)
  },
}
