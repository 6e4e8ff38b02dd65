import { contract } from '@glia/contract'
import { expensiveSteps, FakeClock, onBothDatabases, openTestDatabase, queriesOf, type TestDatabase } from '@glia/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { createUserList, type UserOrder } from './list-users.ts'
import { userSelector } from './select-users.ts'

const USERS = 20_000
const COUNTED = sql`admin, deactivated, locked, is_guest, approved, shadow_banned`

onBothDatabases('the lists of many users', (dialect) => {
  let place: TestDatabase<HomeserverSchema>
  beforeAll(async () => {
    place = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    await place.database.transaction(async ({ db }) => {
      const rarely = (remainder: number) => sql`CASE WHEN i % 50 = ${sql.lit(remainder)} THEN 1 ELSE 0 END`
      await sql`INSERT INTO users (user_id, localpart, created_at_ms, last_seen_ms, display_name, avatar_url, user_type, ${COUNTED})
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${sql.lit(USERS)})
        SELECT '@u' || i || ':x', 'u' || i, i / 10, CASE WHEN i % 4 = 0 THEN NULL ELSE i % 9000 END,
          CASE WHEN i % 3 = 0 THEN NULL ELSE 'User ' || i % 700 END, CASE WHEN i % 2 = 0 THEN NULL ELSE 'mxc://x/' || i END,
          CASE WHEN i % 90 = 0 THEN 'bot' ELSE NULL END, ${rarely(1)}, ${rarely(2)}, ${rarely(3)}, ${rarely(4)}, 1, ${rarely(5)}
        FROM n`.execute(db)
      await sql`INSERT INTO user_counts (${COUNTED}, user_type, users) SELECT ${COUNTED}, COALESCE(user_type, ''), COUNT(*) FROM users
        GROUP BY ${COUNTED}, COALESCE(user_type, '')`.execute(db)
      await sql`ANALYZE`.execute(db)
    })
  })
  afterAll(() => place.remove())

  /** What reading a page costs beside counters, which are a handful of rows. */
  async function stepsOf(read: () => Promise<unknown>, fromMiddle: boolean): Promise<string[]> {
    const queries = await queriesOf(place.database, read)
    expect(queries.length).toBeGreaterThan(0)
    const steps = await Promise.all(queries.map((query) => expensiveSteps(place.database, query, { fromMiddle })))
    return steps.filter((some) => !some.some((step) => step.includes('user_counts'))).flat()
  }

  const orders = contract.admin.users.listUsersV3.query.properties.order_by.enum as UserOrder[]
  test.each(orders)("Synapse's list by %s: an index gives the first page and later ones, both ways", async (orderBy) => {
    const everybody = {
      userId: undefined,
      name: undefined,
      isGuest: undefined,
      isAdmin: undefined,
      isDeactivated: undefined,
      isLocked: undefined,
      notUserTypes: [],
    }
    for (const descending of [false, true]) {
      const list = createUserList({ database: place.database, clock: new FakeClock(), revision: () => 0 })
      const read = async (from: number) => {
        const { users } = await list.page({ ...everybody, from, limit: 100, orderBy, descending })
        expect(users).toHaveLength(100)
      }
      expect([descending, await stepsOf(() => read(0), false)]).toEqual([descending, []])
      await read(5000)
      expect([descending, await stepsOf(() => read(5100), true)]).toEqual([descending, []])
    }
  })

  test.each(['user_id', 'last_seen', 'created'] as const)(
    'the selection by %s: an index gives the first page and later ones, both ways',
    async (by) => {
      for (const descending of [false, true]) {
        const order = { by, descending }
        const { next } = await userSelector.page(place.database.read, {}, { order, behind: undefined, limit: 5000 })
        for (const behind of [undefined, next]) {
          const read = async () => {
            const page = await userSelector.page(place.database.read, {}, { order, behind, limit: 100 })
            expect(page.items).toHaveLength(100)
          }
          expect([descending, await stepsOf(read, behind !== undefined)]).toEqual([descending, []])
        }
      }
    },
  )
})
