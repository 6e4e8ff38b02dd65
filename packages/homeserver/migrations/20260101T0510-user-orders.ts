import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** Orders of the admin's user list in which many users are alike: ascending ids within them, also when the order is descending. */
export const userOrders: Migration = {
  name: '20260101T0510-user-orders',
  async up(db) {
    for (const [column, empty] of [
      ['display_name', `''`],
      ['avatar_url', `''`],
      ['last_seen_ms', '0'],
    ] as const) {
      const name = sql.ref(`users_by_${column}_descending`)
      await sql`CREATE INDEX ${name} ON users ((COALESCE(${sql.ref(column)}, ${sql.raw(empty)})) DESC, user_id)`.execute(db)
    }
    await sql`CREATE INDEX users_by_creation_descending ON users (created_at_ms DESC, user_id)`.execute(db)
  },
}
