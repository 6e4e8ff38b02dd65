import { silentLogger } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import type { AuthSchema } from '../schema.ts'
import { compileTokenLookup, createBrowserSessions, createSessions, type Sessions } from '../sessions/index.ts'
import { hashToken } from '../tokens/index.ts'
import { createAuthCleanup } from './clean-up.ts'

const alice = '@alice:example.com' as UserId
const DAY_MS = 24 * 60 * 60_000
const lifetimes = {
  oauthAccessMs: 300_000,
  legacyAccessMs: undefined,
  legacyRefreshableAccessMs: 60_000,
  legacyRefreshMs: undefined,
  sessionMs: undefined,
}

onBothDatabases('the clean-up', (dialect) => {
  const clock = new FakeClock()
  const random = seededRandom('clean-up')
  let store: TestDatabase<AuthSchema>
  let sessions: Sessions
  const cleanUp = () => createAuthCleanup({ database: store.database, clock, logger: silentLogger }).run()
  const count = async (
    table: 'auth_sessions' | 'auth_access_tokens' | 'auth_refresh_tokens' | 'auth_browser_sessions' | 'auth_email_validations',
  ) => (await store.database.read.selectFrom(table).selectAll().execute()).length

  beforeEach(async () => {
    store = await openTestDatabase<AuthSchema>(dialect, authMigrations)
    sessions = createSessions({ clock, random, lifetimes })
  })
  afterEach(() => store.remove())

  test('takes superseded tokens away and leaves the newest of a session, however old', async () => {
    const first = await store.database.transaction((tx) =>
      sessions.createLegacySession(tx, { userId: alice, deviceId: 'PHONE' as DeviceId, refreshable: true }),
    )
    clock.advance(60_000)
    const second = await store.database.transaction((tx) =>
      sessions.refresh(tx, { refreshToken: first.refreshToken!, sessionKind: 'legacy' }),
    )
    if (second.kind !== 'refreshed') throw new Error(second.kind)
    await cleanUp()
    expect(await count('auth_access_tokens')).toBe(2)
    clock.advance(40 * DAY_MS)
    await cleanUp()
    const lookup = compileTokenLookup(store.database.as())
    expect(await lookup(hashToken(first.accessToken))).toBeUndefined()
    expect(await lookup(hashToken(second.tokens.accessToken))).toBeDefined()
    const again = await store.database.transaction((tx) =>
      sessions.refresh(tx, { refreshToken: second.tokens.refreshToken!, sessionKind: 'legacy' }),
    )
    expect(again.kind).toBe('refreshed')
  })

  test('takes sessions away with their tokens thirty days after their end', async () => {
    const browsers = createBrowserSessions({ clock, random })
    const [ended, kept] = await store.database.transaction(async (tx) => [
      await sessions.createLegacySession(tx, { userId: alice, deviceId: 'A' as DeviceId, refreshable: true }),
      await sessions.createLegacySession(tx, { userId: alice, deviceId: 'B' as DeviceId, refreshable: false }),
    ])
    await store.database.transaction(async (tx) => {
      await sessions.end(tx, ended!.sessionId)
      const { session } = await browsers.create(tx, { userId: alice, origin: { ip: '192.0.2.1', userAgent: '' } })
      await browsers.end(tx, session.id)
    })
    clock.advance(29 * DAY_MS)
    await cleanUp()
    expect([await count('auth_sessions'), await count('auth_browser_sessions')]).toEqual([2, 1])
    clock.advance(2 * DAY_MS)
    await cleanUp()
    expect([await count('auth_sessions'), await count('auth_access_tokens'), await count('auth_refresh_tokens')]).toEqual([1, 1, 0])
    expect(await count('auth_browser_sessions')).toBe(0)
    expect(await sessions.find(store.database.read, kept!.sessionId)).toBeDefined()
  })

  test('takes confirmations of addresses away a day after they are over', async () => {
    const validation = {
      purpose: 'add',
      address: 'a@example.org',
      client_secret: 'x',
      send_attempt: 1,
      next_link: null,
      validated_at_ms: null,
    }
    await store.database.transaction((tx) =>
      tx.db
        .insertInto('auth_email_validations')
        .values({ ...validation, sid: 'a', expires_at_ms: clock.nowMs() })
        .execute(),
    )
    clock.advance(DAY_MS)
    await cleanUp()
    expect(await count('auth_email_validations')).toBe(1)
    clock.advance(1)
    await cleanUp()
    expect(await count('auth_email_validations')).toBe(0)
  })
})
