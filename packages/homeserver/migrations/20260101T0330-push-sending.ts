import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const pushSending: Migration = {
  name: '20260101T0330-push-sending',
  async up(db) {
    const columns = [
      'enabled SMALLINT NOT NULL DEFAULT 1',
      'pushkey_at_ms BIGINT NOT NULL DEFAULT 0',
      'last_position BIGINT NOT NULL DEFAULT 0',
      'last_badge BIGINT',
      'failing_since_ms BIGINT',
      'backoff_ms BIGINT',
      'retry_at_ms BIGINT',
      'lease_owner TEXT',
      'lease_until_ms BIGINT',
    ]
    for (const column of columns) await sql`ALTER TABLE pushers ADD COLUMN ${sql.raw(column)}`.execute(db)
    // Pushers from before begin with what comes from now on.
    await sql`UPDATE pushers SET pushkey_at_ms = created_at_ms, last_position = (SELECT position FROM change_position WHERE id = 1)`.execute(
      db,
    )
    await sql`CREATE INDEX pushers_by_retry ON pushers (retry_at_ms)`.execute(db)
    await sql`CREATE INDEX pushers_by_lease ON pushers (lease_until_ms)`.execute(db)
  },
}
