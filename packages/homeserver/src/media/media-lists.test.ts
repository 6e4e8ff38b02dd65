import { expensiveSteps, onBothDatabases, openTestDatabase, queriesOf, type TestDatabase } from '@glia/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { USER_MEDIA_ORDERS, type UserMediaOrder, userMediaInOrder } from './media-lists.ts'
import { STATISTICS_ORDERS, type StatisticsOrder, statisticsInOrder } from './media-statistics.ts'
import { mediaSelector } from './select-media.ts'

const USERS = 5000
const LARGEST = '@u1:x'

onBothDatabases('lists of much media', (dialect) => {
  let place: TestDatabase<HomeserverSchema>
  beforeAll(async () => {
    place = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    await place.database.transaction(async ({ db }) => {
      const numbers = sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${sql.lit(4 * USERS)})`
      await sql`INSERT INTO users (user_id, localpart, created_at_ms, display_name) ${numbers}
        SELECT '@u' || i || ':x', 'u' || i, i, CASE WHEN i % 10 = 0 THEN NULL ELSE 'User ' || i % 700 END FROM n
        WHERE i <= ${sql.lit(USERS)}`.execute(db)
      await sql`INSERT INTO local_media (media_id, user_id, created_at_ms, size, media_type) ${numbers}
        SELECT 'm' || i, CASE WHEN i % 2 = 0 THEN ${LARGEST} ELSE '@u' || (1 + i % ${sql.lit(USERS)}) || ':x' END, i, i % 5000,
          'image/png' FROM n`.execute(db)
      await sql`INSERT INTO user_media_totals (user_id, media_count, media_bytes)
        SELECT user_id, COUNT(*), SUM(size) FROM local_media GROUP BY user_id`.execute(db)
      await sql`ANALYZE`.execute(db)
    })
  })
  afterAll(() => place.remove())

  const everyPlace = <Order extends string>(orders: readonly Order[]) =>
    orders.flatMap((orderBy) => [false, true].map((descending) => ({ orderBy, descending })))

  test.each(everyPlace(Object.keys(USER_MEDIA_ORDERS) as UserMediaOrder[]))(
    'files of a user by $orderBy, descending: $descending',
    async (at) => {
      const { read } = place.database
      const top = await userMediaInOrder(read, LARGEST, at).limit(2000).execute()
      const { sort_key, media_id } = top.at(-1)!
      for (const behind of [undefined, at.orderBy === 'media_id' ? [media_id] : [sort_key, media_id]]) {
        const page = userMediaInOrder(read, LARGEST, { ...at, behind }).limit(100)
        expect(await page.execute()).toHaveLength(100)
        expect(await expensiveSteps(place.database, page, { fromMiddle: true })).toEqual([])
      }
    },
  )

  test.each(everyPlace(Object.keys(STATISTICS_ORDERS) as StatisticsOrder[]))(
    'statistics by $orderBy, descending: $descending',
    async (at) => {
      const ofAllTime = { fromMs: 0, untilMs: undefined, searchTerm: undefined }
      const { read } = place.database
      const top = await statisticsInOrder(read, ofAllTime, at).limit(1000).execute()
      const { sort_key, user_id } = top.at(-1)!
      for (const behind of [undefined, at.orderBy === 'user_id' ? [user_id] : [sort_key, user_id]]) {
        const page = statisticsInOrder(read, ofAllTime, { ...at, behind }).limit(100)
        expect(await page.execute()).toHaveLength(100)
        expect(await expensiveSteps(place.database, page, { fromMiddle: behind !== undefined })).toEqual([])
      }
    },
  )

  test.each(everyPlace(['media_id', 'created', 'accessed', 'size'] as const))(
    'all media by $orderBy, descending: $descending',
    async (at) => {
      const { read } = place.database
      const order = { by: at.orderBy, descending: at.descending }
      const { next } = await mediaSelector.page(read, {}, { order, behind: undefined, limit: 5000 })
      for (const behind of [undefined, next]) {
        const [page] = await queriesOf(place.database, async () =>
          expect((await mediaSelector.page(read, {}, { order, behind, limit: 100 })).items).toHaveLength(100),
        )
        expect(await expensiveSteps(place.database, page!, { fromMiddle: behind !== undefined })).toEqual([])
      }
    },
  )

  test('statistics of a span read the files of that span from an index', async () => {
    const filter = { fromMs: 500, untilMs: 600, searchTerm: undefined }
    const page = statisticsInOrder(place.database.read, filter, { orderBy: 'media_length', descending: true }).limit(100)
    const steps = await expensiveSteps(place.database, page, { fromMiddle: true })
    expect(steps.filter((step) => !/GROUP BY|ORDER BY|Sort|SCAN totals|Seq Scan on users/.test(step))).toEqual([])
  })
})
