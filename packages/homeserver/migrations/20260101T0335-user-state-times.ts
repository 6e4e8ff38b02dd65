import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** Since when accounts are locked or deactivated. Of those that are already, it is not known: they get the last time they were there. */
export const userStateTimes: Migration = {
  name: '20260101T0335-user-state-times',
  async up(db) {
    for (const flag of ['locked', 'deactivated']) {
      const column = sql.ref(`${flag}_at_ms`)
      await sql`ALTER TABLE users ADD COLUMN ${column} BIGINT`.execute(db)
      await sql`UPDATE users SET ${column} = COALESCE(last_seen_ms, created_at_ms) WHERE ${sql.ref(flag)} = 1`.execute(db)
    }
  },
}
