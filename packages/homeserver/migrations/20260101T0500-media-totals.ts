import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** How much each user uploaded, kept beside the files, and indexes for the orders of the admin's lists of media. */
export const mediaTotals: Migration = {
  name: '20260101T0500-media-totals',
  async up(db) {
    await sql`CREATE TABLE user_media_totals (
      user_id TEXT PRIMARY KEY,
      media_count BIGINT NOT NULL,
      media_bytes BIGINT NOT NULL
    )`.execute(db)
    await sql`INSERT INTO user_media_totals (user_id, media_count, media_bytes)
      SELECT user_id, COUNT(*), SUM(COALESCE(size, 0)) FROM local_media GROUP BY user_id`.execute(db)
    for (const column of ['media_count', 'media_bytes']) {
      for (const direction of ['ASC', 'DESC']) {
        const name = sql.ref(`user_media_totals_by_${column}_${direction.toLowerCase()}`)
        await sql`CREATE INDEX ${name} ON user_media_totals (${sql.ref(column)} ${sql.raw(direction)}, user_id)`.execute(db)
      }
    }
    await sql`CREATE TABLE media_uploaders (uploaders BIGINT NOT NULL)`.execute(db)
    await sql`INSERT INTO media_uploaders (uploaders) SELECT COUNT(*) FROM user_media_totals`.execute(db)
    await sql`DROP INDEX local_media_by_creation`.execute(db)
    // all that statistics of a span need
    await sql`CREATE INDEX local_media_by_creation ON local_media (created_at_ms, user_id, size)`.execute(db)
    const orders = {
      media_id: 'media_id',
      name: "COALESCE(upload_name, '')",
      last_access: 'COALESCE(last_access_ms, -1)',
      size: 'COALESCE(size, -1)',
      type: "COALESCE(media_type, '')",
      quarantine: "COALESCE(quarantined_by, '')",
      protection: 'safe_from_quarantine',
    }
    for (const [name, expression] of Object.entries(orders)) {
      const columns = expression === 'media_id' ? sql`media_id` : sql`(${sql.raw(expression)}), media_id`
      await sql`CREATE INDEX ${sql.ref(`local_media_of_user_by_${name}`)} ON local_media (user_id, ${columns})`.execute(db)
    }
  },
}
