import { onBothDatabases, openTestDatabase } from '@glia/testing'
import { expect, test } from 'vitest'
import { search } from '../../migrations/20260101T0320-search.ts'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'

onBothDatabases('the index of words', (dialect) => {
  test('is made of the events that were there before it', async () => {
    const before = homeserverMigrations.slice(0, homeserverMigrations.indexOf(search))
    const { database, remove } = await openTestDatabase<HomeserverSchema>(dialect, before)
    try {
      await database.transaction(async (tx) => {
        const event = (position: number, type: string, content: object, redactedBy: string | null = null) => ({
          event_id: `$${position}`,
          room_id: '!room',
          position,
          depth: position,
          type,
          state_key: null,
          sender: '@a:b',
          origin_server_ts: 0,
          received_at_ms: 0,
          json: JSON.stringify({ type, content }),
          state_before: 0,
          state_after: 0,
          replaces_state: null,
          rejected_reason: null,
          redacts: null,
          redacted_by: redactedBy,
          relates_to: null,
          rel_type: null,
        })
        for (let position = 1; position <= 1001; position++) {
          await tx.db
            .insertInto('events')
            .values(event(position, 'm.room.message', { body: `word word ${position}` }))
            .execute()
        }
        await tx.db
          .insertInto('events')
          .values([
            event(2000, 'm.room.topic', { topic: 'Topic' }),
            event(2001, 'm.room.encrypted', { body: 'hidden' }),
            event(2002, 'm.room.message', {}, '$r'),
          ])
          .execute()
        await search.up(tx.db as never, dialect as never)
      })
      const rows = await database.read
        .selectFrom('search_words')
        .selectAll()
        .where('word', 'in', ['word', 'topic', 'hidden', '1001'])
        .execute()
      expect(rows.filter(({ word, uses }) => word === 'word' && uses === 2)).toHaveLength(1001)
      expect(rows.filter(({ word }) => word !== 'word').sort((a, b) => a.position - b.position)).toEqual([
        { room_id: '!room', word: '1001', position: 1001, uses: 1 },
        { room_id: '!room', word: 'topic', position: 2000, uses: 1 },
      ])
    } finally {
      await remove()
    }
  })
})
