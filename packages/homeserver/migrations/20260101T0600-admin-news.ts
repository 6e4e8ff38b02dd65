import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const adminNews: Migration = {
  name: '20260101T0600-admin-news',
  async up(db) {
    await sql`CREATE TABLE admin_news (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      position BIGINT
    )`.execute(db)
    await sql`CREATE UNIQUE INDEX admin_news_by_position ON admin_news (position)`.execute(db)
    await sql`CREATE INDEX admin_news_waiting ON admin_news (id) WHERE position IS NULL`.execute(db)
    await sql`CREATE INDEX admin_news_by_subject ON admin_news (subject, kind)`.execute(db)
    await sql`CREATE TABLE admin_news_head (id INTEGER PRIMARY KEY CHECK (id = 1), position BIGINT NOT NULL, forgotten BIGINT NOT NULL)`.execute(
      db,
    )
    await sql`INSERT INTO admin_news_head (id, position, forgotten) VALUES (1, 0, 0)`.execute(db)
  },
}
