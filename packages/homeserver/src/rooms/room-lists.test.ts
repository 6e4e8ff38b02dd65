import { expensiveSteps, onBothDatabases, openTestDatabase, queriesOf, type TestDatabase } from '@glia/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { ORDERS, type RoomOrder, roomsInOrder } from './room-lists.ts'
import { createRoomSelector } from './select-rooms.ts'

const ROOMS = 20_000

onBothDatabases('the list of many rooms', (dialect) => {
  let place: TestDatabase<HomeserverSchema>
  beforeAll(async () => {
    place = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    await place.database.transaction(async ({ db }) => {
      await sql`INSERT INTO rooms (room_id, version, creator, created_at_ms, federatable, published, name, canonical_alias, encryption,
          join_rules, guest_access, history_visibility, joined_members, joined_local_members, state_events, active_hour_ms)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${sql.lit(ROOMS)})
        SELECT '!' || (100000 + i) || ':x', CAST(6 + i % 7 AS TEXT), '@u' || i % 500 || ':x', i, i % 2, i % 2, 'Room ' || i % 300, NULL,
          NULL, CASE WHEN i % 2 = 0 THEN 'public' ELSE 'invite' END, NULL, 'shared', i % 90, i % 80, i % 70, i / 100 FROM n`.execute(db)
      await sql`ANALYZE`.execute(db)
    })
  })
  afterAll(() => place.remove())

  const orders = Object.keys(ORDERS) as RoomOrder[]
  test.each(orders)('by %s: at the start and in the middle, both ways, an index gives the page', async (orderBy) => {
    for (const descending of [false, true]) {
      const top = await roomsInOrder(place.database.read, { orderBy, descending }).limit(5000).execute()
      const { sort_key, room_id } = top.at(-1)!
      for (const behind of [undefined, [sort_key, room_id]]) {
        const page = roomsInOrder(place.database.read, { orderBy, descending, behind }).limit(100)
        expect(await page.execute()).toHaveLength(100)
        expect([orderBy, await expensiveSteps(place.database, page, { fromMiddle: behind !== undefined })]).toEqual([orderBy, []])
      }
    }
  })

  const selectionOrders = ['room_id', 'name', 'members', 'state_events', 'created', 'active'] as const
  test.each(selectionOrders)('the selection by %s: an index gives the first page and later ones, both ways', async (by) => {
    const { read } = place.database
    const roomSelector = createRoomSelector(() => 0)
    for (const descending of [false, true]) {
      const order = { by, descending }
      const { next } = await roomSelector.page(read, {}, { order, behind: undefined, limit: 5000 })
      for (const behind of [undefined, next]) {
        const [page] = await queriesOf(place.database, async () =>
          expect((await roomSelector.page(read, {}, { order, behind, limit: 100 })).items).toHaveLength(100),
        )
        const steps = await expensiveSteps(place.database, page!, { fromMiddle: behind !== undefined })
        // who is blocked is a handful
        expect([descending, steps.filter((step) => !step.includes('list_entries'))]).toEqual([descending, []])
      }
    }
  })
})
