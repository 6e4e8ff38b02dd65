import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const bulkJobs: Migration = {
  name: '20260101T0390-bulk-jobs',
  async up(db) {
    await sql`CREATE TABLE bulk_jobs (
      id TEXT PRIMARY KEY,
      action TEXT NOT NULL,
      parameters TEXT NOT NULL,
      state TEXT NOT NULL,
      created_by TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      changed_at_ms BIGINT NOT NULL,
      last_user_id TEXT NOT NULL,
      done BIGINT NOT NULL,
      failed BIGINT NOT NULL,
      skipped BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE TABLE bulk_results (
      job_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      outcome TEXT NOT NULL,
      error TEXT,
      at_ms BIGINT NOT NULL,
      PRIMARY KEY (job_id, user_id)
    )`.execute(db)
    await sql`CREATE INDEX user_addresses_by_ip ON user_addresses (ip, user_id)`.execute(db)
  },
}
