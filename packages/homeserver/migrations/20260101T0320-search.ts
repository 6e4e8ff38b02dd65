import type { Migration } from '@glia/database'
import { sql } from 'kysely'
import { countWords } from '../src/search/words.ts'

const EVENTS_AT_ONCE = 500
const ROWS_AT_ONCE = 400

/** The index of words, of the events that are there already, too. */
export const search: Migration = {
  name: '20260101T0320-search',
  async up(db) {
    await sql`CREATE TABLE search_words (
      room_id TEXT NOT NULL,
      word TEXT NOT NULL,
      position BIGINT NOT NULL,
      uses INTEGER NOT NULL,
      PRIMARY KEY (room_id, word, position)
    )`.execute(db)
    for (let after = 0; ; ) {
      const { rows } = await sql<{ room_id: string; position: number | string; type: string; json: string }>`
        SELECT room_id, position, type, json FROM events
        WHERE position > ${after} AND type IN ('m.room.message', 'm.room.name', 'm.room.topic') AND redacted_by IS NULL
        ORDER BY position LIMIT ${EVENTS_AT_ONCE}`.execute(db)
      const entries = rows.flatMap(({ room_id, position, type, json }) =>
        [...countWords({ type, content: JSON.parse(json).content })].map(
          ([word, uses]) => sql`(${room_id}, ${word}, ${position}, ${uses})`,
        ),
      )
      for (let from = 0; from < entries.length; from += ROWS_AT_ONCE) {
        await sql`INSERT INTO search_words (room_id, word, position, uses)
          VALUES ${sql.join(entries.slice(from, from + ROWS_AT_ONCE))}`.execute(db)
      }
      if (rows.length < EVENTS_AT_ONCE) return
      after = Number(rows.at(-1)!.position)
    }
  },
}
