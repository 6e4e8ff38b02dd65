import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const urlPreviews: Migration = {
  name: '20260101T0330-url-previews',
  async up(db) {
    await sql`CREATE TABLE url_previews (
      url TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT NOT NULL,
      preview TEXT NOT NULL,
      PRIMARY KEY (url, created_at_ms)
    )`.execute(db)
    await sql`CREATE INDEX url_previews_by_expiry ON url_previews (expires_at_ms)`.execute(db)
    await sql`CREATE TABLE url_preview_images (media_id TEXT PRIMARY KEY, created_at_ms BIGINT NOT NULL)`.execute(db)
    await sql`CREATE INDEX url_preview_images_by_age ON url_preview_images (created_at_ms)`.execute(db)
  },
}
