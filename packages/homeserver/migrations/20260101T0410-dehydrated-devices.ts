import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const dehydratedDevices: Migration = {
  name: '20260101T0410-dehydrated-devices',
  async up(db) {
    await sql`CREATE TABLE dehydrated_devices (
      user_id TEXT NOT NULL PRIMARY KEY,
      device_id TEXT NOT NULL,
      device_data TEXT NOT NULL
    )`.execute(db)
  },
}
