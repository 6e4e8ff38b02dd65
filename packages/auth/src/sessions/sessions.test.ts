import type { DeviceId, UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import type { AuthSchema } from '../schema.ts'
import { hashToken } from '../tokens/index.ts'
import { compileTokenLookup, createSessions, markAccessTokenUsed, type Sessions } from './index.ts'

const alice = '@alice:example.com' as UserId
const admin = '@admin:example.com' as UserId
const phone = 'PHONE' as DeviceId
const laptop = 'LAPTOP' as DeviceId
const lifetimes = {
  oauthAccessMs: 300_000,
  legacyAccessMs: undefined,
  legacyRefreshableAccessMs: 60_000,
  legacyRefreshMs: 3_600_000,
  sessionMs: undefined,
}

onBothDatabases('sessions', (dialect) => {
  const clock = new FakeClock()
  let store: TestDatabase<AuthSchema>
  let sessions: Sessions

  beforeEach(async () => {
    store = await openTestDatabase<AuthSchema>(dialect, authMigrations)
    sessions = createSessions({ clock, random: seededRandom('sessions'), lifetimes })
  })
  afterEach(() => store.remove())

  const legacy = (deviceId = phone, refreshable = true, userId = alice) =>
    store.database.transaction((tx) => sessions.createLegacySession(tx, { userId, deviceId, refreshable }))
  const oauth = (clientId = 'CLIENT') =>
    store.database.transaction((tx) =>
      sessions.createOAuthSession(tx, { userId: alice, deviceId: laptop, clientId, scope: 'openid', refreshable: true }),
    )
  const refresh = (refreshToken: string, sessionKind: 'legacy' | 'oauth', clientId?: string) =>
    store.database.transaction((tx) => sessions.refresh(tx, { refreshToken, sessionKind, ...(clientId && { clientId }) }))
  const use = (accessToken: string) => store.database.transaction((tx) => markAccessTokenUsed(tx, hashToken(accessToken), clock.nowMs()))
  const lookup = (accessToken: string) => compileTokenLookup(store.database.as())(hashToken(accessToken))
  const tokensOf = (result: Awaited<ReturnType<typeof refresh>>) => {
    if (result.kind !== 'refreshed') throw new Error(`expected new tokens, got ${result.kind}`)
    return result.tokens
  }

  test('a login without refresh token has one access token without end', async () => {
    const tokens = await legacy(phone, false)
    expect(tokens).toMatchObject({ refreshToken: undefined, expiresInMs: undefined })
    expect(await lookup(tokens.accessToken)).toMatchObject({ user_id: alice, device_id: phone, kind: 'legacy', token_expires_at_ms: null })
  })

  test('tokens are not readable in the database', async () => {
    const tokens = await legacy()
    const rows = JSON.stringify([
      await store.database.read.selectFrom('auth_access_tokens').selectAll().execute(),
      await store.database.read.selectFrom('auth_refresh_tokens').selectAll().execute(),
    ])
    expect(rows).not.toContain(tokens.accessToken)
    expect(rows).not.toContain(tokens.refreshToken)
  })

  test('a new session on a device ends the older one of that device only', async () => {
    const other = await legacy(laptop)
    const before = await legacy(phone)
    const after = await legacy(phone)
    expect((await sessions.list(store.database.read, alice)).map(({ id }) => id).sort()).toEqual([other.sessionId, after.sessionId].sort())
    expect((await lookup(before.accessToken))?.finished_at_ms).not.toBeNull()
  })

  test('a refresh gives a new pair and expires the old access token', async () => {
    const first = await legacy()
    const second = tokensOf(await refresh(first.refreshToken!, 'legacy'))
    expect(second.sessionId).toBe(first.sessionId)
    expect(second.expiresInMs).toBe(60_000)
    expect((await lookup(first.accessToken))!.token_expires_at_ms).toBe(clock.nowMs())
    expect((await lookup(second.accessToken))!.token_expires_at_ms).toBe(clock.nowMs() + 60_000)
  })

  test.each(['legacy', 'oauth'] as const)('a lost answer may be asked for again until a new token is used (%s)', async (kind) => {
    const clientId = kind === 'oauth' ? 'CLIENT' : undefined
    const first = kind === 'oauth' ? await oauth() : await legacy()
    const lost = tokensOf(await refresh(first.refreshToken!, kind, clientId))
    const got = tokensOf(await refresh(first.refreshToken!, kind, clientId))
    expect((await lookup(lost.accessToken))!.token_expires_at_ms).toBe(clock.nowMs())
    expect(await refresh(lost.refreshToken!, kind, clientId)).toEqual({ kind: 'unknown' })
    await use(got.accessToken)
    expect(await refresh(first.refreshToken!, kind, clientId)).toMatchObject({ kind: 'replayed' })
  })

  test('the use of the new refresh token ends the old one too', async () => {
    const first = await legacy()
    const second = tokensOf(await refresh(first.refreshToken!, 'legacy'))
    tokensOf(await refresh(second.refreshToken!, 'legacy'))
    expect(await refresh(first.refreshToken!, 'legacy')).toMatchObject({ kind: 'replayed' })
  })

  test('a replay ends an OAuth session, but not a legacy one', async () => {
    const first = await oauth()
    const second = tokensOf(await refresh(first.refreshToken!, 'oauth', 'CLIENT'))
    await use(second.accessToken)
    await refresh(first.refreshToken!, 'oauth', 'CLIENT')
    expect(await refresh(second.refreshToken!, 'oauth', 'CLIENT')).toEqual({ kind: 'unknown' })

    const phoneFirst = await legacy()
    const phoneSecond = tokensOf(await refresh(phoneFirst.refreshToken!, 'legacy'))
    await use(phoneSecond.accessToken)
    await refresh(phoneFirst.refreshToken!, 'legacy')
    expect(await refresh(phoneSecond.refreshToken!, 'legacy')).toMatchObject({ kind: 'refreshed' })
  })

  test('two refreshes at once leave exactly one pair that works', async () => {
    const first = await oauth()
    const both = await Promise.all([refresh(first.refreshToken!, 'oauth', 'CLIENT'), refresh(first.refreshToken!, 'oauth', 'CLIENT')])
    const live = await Promise.all(
      both.map(async (result) => (await lookup(tokensOf(result).accessToken))!.token_expires_at_ms! > clock.nowMs()),
    )
    expect(live.filter(Boolean)).toHaveLength(1)
  })

  test('tokens of another client, another kind or an ended session are unknown', async () => {
    const first = await oauth()
    expect(await refresh(first.refreshToken!, 'oauth', 'OTHER')).toEqual({ kind: 'unknown' })
    expect(await refresh(first.refreshToken!, 'legacy')).toEqual({ kind: 'unknown' })
    expect(await refresh('mar_made_up', 'oauth', 'CLIENT')).toEqual({ kind: 'unknown' })
    await store.database.transaction((tx) => sessions.end(tx, first.sessionId))
    expect(await refresh(first.refreshToken!, 'oauth', 'CLIENT')).toEqual({ kind: 'unknown' })
  })

  test('a legacy refresh token that stayed unused too long is unknown', async () => {
    const first = await legacy()
    clock.advance(3_600_000)
    expect(await refresh(first.refreshToken!, 'legacy')).toEqual({ kind: 'unknown' })
  })

  test('ending all sessions spares the one named and the tokens with which admins act as the user', async () => {
    const kept = await legacy(phone)
    const ended = await legacy(laptop)
    const puppet = await store.database.transaction((tx) =>
      sessions.createPuppetToken(tx, { userId: alice, owner: admin, validUntilMs: undefined }),
    )
    await store.database.transaction((tx) => sessions.endAll(tx, alice, { exceptSessionId: kept.sessionId }))
    expect((await lookup(kept.accessToken))!.finished_at_ms).toBeNull()
    expect((await lookup(ended.accessToken))!.finished_at_ms).not.toBeNull()
    expect((await lookup(puppet.accessToken))!.finished_at_ms).toBeNull()
    await store.database.transaction((tx) => sessions.endAll(tx, admin, {}))
    expect((await lookup(puppet.accessToken))!.finished_at_ms).not.toBeNull()
  })

  test('the session lifetime bounds its tokens and its refreshes', async () => {
    const bounded = createSessions({ clock, random: seededRandom('bounded'), lifetimes: { ...lifetimes, sessionMs: 90_000 } })
    const first = await store.database.transaction((tx) =>
      bounded.createLegacySession(tx, { userId: alice, deviceId: phone, refreshable: true }),
    )
    clock.advance(60_000)
    const second = tokensOf(await refresh(first.refreshToken!, 'legacy'))
    expect(second.expiresInMs).toBe(30_000)
    clock.advance(30_000)
    expect(await refresh(second.refreshToken!, 'legacy')).toEqual({ kind: 'unknown' })
  })
})
