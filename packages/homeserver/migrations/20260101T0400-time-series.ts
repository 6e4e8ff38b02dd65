import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const timeSeries: Migration = {
  name: '20260101T0400-time-series',
  async up(db) {
    await sql`CREATE TABLE time_series (
      name TEXT NOT NULL,
      at_ms BIGINT NOT NULL,
      value BIGINT NOT NULL,
      PRIMARY KEY (name, at_ms)
    )`.execute(db)
  },
}
