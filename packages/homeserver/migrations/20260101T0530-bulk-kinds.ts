import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** Bulk jobs act on rooms and media, too. */
export const bulkKinds: Migration = {
  name: '20260101T0530-bulk-kinds',
  async up(db) {
    await sql`ALTER TABLE bulk_jobs ADD COLUMN kind TEXT NOT NULL DEFAULT 'users'`.execute(db)
    await sql`ALTER TABLE bulk_jobs RENAME COLUMN last_user_id TO last_item_id`.execute(db)
    await sql`ALTER TABLE bulk_results RENAME COLUMN user_id TO item_id`.execute(db)
  },
}
