import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const serverName: Migration = {
  name: '20260101T0290-server-name',
  async up(db) {
    await sql`CREATE TABLE server_identity (id INTEGER PRIMARY KEY CHECK (id = 1), server_name TEXT NOT NULL)`.execute(db)
  },
}
