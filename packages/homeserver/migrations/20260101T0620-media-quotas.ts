import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const mediaQuotas: Migration = {
  name: '20260101T0620-media-quotas',
  async up(db) {
    await sql`CREATE TABLE user_media_quotas (user_id TEXT PRIMARY KEY, max_bytes BIGINT)`.execute(db)
  },
}
