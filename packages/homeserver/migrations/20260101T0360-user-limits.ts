import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** What admins set for single users. */
export const userLimits: Migration = {
  name: '20260101T0360-user-limits',
  async up(db) {
    for (const column of ['messages_per_second', 'message_burst', 'expires_at_ms']) {
      await sql`ALTER TABLE users ADD COLUMN ${sql.ref(column)} BIGINT`.execute(db)
    }
    await sql`CREATE TABLE user_experimental_features (
      user_id TEXT NOT NULL REFERENCES users (user_id),
      feature TEXT NOT NULL,
      PRIMARY KEY (user_id, feature)
    )`.execute(db)
  },
}
