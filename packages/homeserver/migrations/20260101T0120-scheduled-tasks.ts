import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const scheduledTasks: Migration = {
  name: '20260101T0120-scheduled-tasks',
  async up(db) {
    await sql`CREATE TABLE scheduled_tasks (
      id TEXT PRIMARY KEY,
      action TEXT NOT NULL,
      status TEXT NOT NULL,
      timestamp_ms BIGINT NOT NULL,
      resource_id TEXT,
      parameters TEXT NOT NULL,
      result TEXT,
      error TEXT,
      created_at_ms BIGINT NOT NULL,
      lease_owner TEXT,
      lease_until_ms BIGINT
    )`.execute(db)
    await sql`CREATE INDEX scheduled_tasks_by_status ON scheduled_tasks (status, timestamp_ms)`.execute(db)
    await sql`CREATE INDEX scheduled_tasks_by_resource ON scheduled_tasks (resource_id, action)`.execute(db)
  },
}
