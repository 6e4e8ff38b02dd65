import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const userDepartures: Migration = {
  name: '20260101T0055-user-departures',
  async up(db) {
    await sql`CREATE TABLE user_departures (user_id TEXT PRIMARY KEY)`.execute(db)
  },
}
