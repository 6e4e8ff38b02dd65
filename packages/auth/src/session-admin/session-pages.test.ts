import type { UserId } from '@glia/protocol'
import { onBothDatabases, openTestDatabase, type TestDatabase } from '@glia/testing'
import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import { pageQuery } from '../admin-api/index.ts'
import type { AuthSchema } from '../schema.ts'
import { type SessionFilter, sessionQuery } from './session-pages.ts'

const NOTHING: SessionFilter = {
  createdBeforeMs: undefined,
  createdAfterMs: undefined,
  lastActiveBeforeMs: undefined,
  lastActiveAfterMs: undefined,
  userId: undefined,
  browserSessionId: undefined,
  clientIds: undefined,
  isClientStatic: undefined,
  scopes: [],
  isLive: undefined,
}

onBothDatabases('pages of many sessions', (dialect) => {
  let store: TestDatabase<AuthSchema>
  beforeAll(async () => {
    store = await openTestDatabase<AuthSchema>(dialect, authMigrations)
    await store.database.transaction(async ({ db }) => {
      await sql`INSERT INTO auth_accounts (id, user_id, created_at_ms)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        SELECT 'A' || (1000 + i), '@u' || i || ':x', i FROM n`.execute(db)
      await sql`INSERT INTO auth_sessions (id, kind, user_id, client_id, browser_session_id, scope, created_at_ms)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        SELECT 'S' || (100000 + i), CASE WHEN i % 2 = 0 THEN 'oauth' ELSE 'legacy' END, '@u' || (1 + i % 200) || ':x', 'C' || (i % 400),
          'B' || (i % 400), 'openid', i FROM n`.execute(db)
      await sql`ANALYZE`.execute(db)
    })
  })
  afterAll(() => store.remove())

  const plan = async (query: RawBuilder<unknown>) => {
    const explain =
      dialect === 'sqlite' ? sql`EXPLAIN QUERY PLAN SELECT * FROM ${query} AS page` : sql`EXPLAIN SELECT * FROM ${query} AS page`
    return JSON.stringify((await explain.execute(store.database.read as never)).rows)
  }

  const filters: [string, Partial<SessionFilter>, RegExp][] = [
    ['all', {}, /auth_sessions_by_kind|auth_sessions_pkey/],
    ['live ones', { isLive: true }, /auth_sessions_by_kind|auth_sessions_pkey/],
    ['those of a user', { userId: '@u7:x' as UserId }, /auth_sessions_by_user_and_kind/],
    ['those of a client', { clientIds: ['C2'] }, /auth_sessions_by_client/],
    ['those from a browser', { browserSessionId: 'B2' }, /auth_sessions_by_browser/],
  ]
  test.each(filters)('%s: in the middle, both ways, an index gives the page', async (_, filter, index) => {
    for (const page of [
      { size: 10, isBackward: false, after: 'S110000', before: undefined },
      { size: 10, isBackward: true, after: undefined, before: 'S110000' },
    ]) {
      const query = pageQuery(sessionQuery(store.database.read, 'oauth', { ...NOTHING, ...filter }, 0), 'session.id', page)
      expect(await query.execute()).toHaveLength(11)
      const text = await plan(sql`${query}`)
      expect(text).toMatch(index)
      expect(text).not.toMatch(/SCAN session"|Seq Scan on auth_sessions/)
      // PostgreSQL may sort the few rows that an index gave it
      if (dialect === 'sqlite') expect(text).not.toMatch(/TEMP B-TREE/)
    }
  })
})
