import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const accountData: Migration = {
  name: '20260101T0200-account-data',
  async up(db) {
    await sql`CREATE TABLE account_data (
      user_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      type TEXT NOT NULL,
      content TEXT NOT NULL,
      position BIGINT NOT NULL,
      PRIMARY KEY (user_id, room_id, type)
    )`.execute(db)
    await sql`CREATE INDEX account_data_by_user_position ON account_data (user_id, position)`.execute(db)
    await sql`CREATE INDEX account_data_by_room ON account_data (room_id)`.execute(db)
  },
}
