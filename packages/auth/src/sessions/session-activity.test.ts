import { silentLogger } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import type { AuthSchema } from '../schema.ts'
import { createSessionActivity, createSessions } from './index.ts'

onBothDatabases('session activity', (dialect) => {
  let store: TestDatabase<AuthSchema>
  beforeEach(async () => {
    store = await openTestDatabase<AuthSchema>(dialect, authMigrations)
  })
  afterEach(() => store.remove())

  test('keeps the last use of each session, written on the way out', async () => {
    const clock = new FakeClock()
    const lifetimes = {
      oauthAccessMs: 1,
      legacyAccessMs: undefined,
      legacyRefreshableAccessMs: 1,
      legacyRefreshMs: undefined,
      sessionMs: undefined,
    }
    const sessions = createSessions({ clock, random: seededRandom('activity'), lifetimes })
    const { sessionId } = await store.database.transaction((tx) =>
      sessions.createLegacySession(tx, { userId: '@a:example.com' as UserId, deviceId: 'D' as DeviceId, refreshable: false }),
    )
    const activity = createSessionActivity({ database: store.database.as(), clock, logger: silentLogger })
    activity.record(sessionId, { ip: '192.0.2.1', userAgent: 'old' })
    clock.advance(10_000)
    activity.record(sessionId, { ip: '192.0.2.2', userAgent: 'new' })
    const lastUse = clock.nowMs()
    await activity.stop()
    expect(await sessions.find(store.database.read, sessionId)).toMatchObject({
      lastActiveAtMs: lastUse,
      lastActiveIp: '192.0.2.2',
      userAgent: 'new',
    })
  })
})
