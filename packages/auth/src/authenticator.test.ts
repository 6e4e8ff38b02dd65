import type { Authenticator } from '@glia/http'
import { Secret, silentLogger } from '@glia/platform'
import { type Appservice, compileNamespace, type DeviceId, type UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../migrations/index.ts'
import { createAppserviceTokens } from './appservices/index.ts'
import { createAuthenticator } from './authenticator.ts'
import { FakeHomeserver } from './homeserver-link-fixture.ts'
import type { AuthSchema } from './schema.ts'
import { createSessionActivity, createSessions, type Sessions } from './sessions/index.ts'

const origin = { ip: '192.0.2.1', userAgent: 'test' }
const phone = 'PHONE' as DeviceId
const api = 'urn:matrix:org.matrix.msc2967.client:api:*'
const unknown = { errcode: 'M_UNKNOWN_TOKEN', status: 401, message: 'Invalid access token passed.', extra: { soft_logout: false } }

const bridge: Appservice = {
  id: 'bridge',
  url: undefined,
  sender: '@bridge:example.com' as UserId,
  namespaces: { users: [compileNamespace('@ghost_.*', true)], aliases: [], rooms: [] },
  isRateLimited: false,
  protocols: [],
  receivesEphemeral: false,
  receivesKeyCounts: false,
  managesDevices: false,
}

onBothDatabases('the authenticator', (dialect) => {
  const clock = new FakeClock()
  let store: TestDatabase<AuthSchema>
  let homeserver: FakeHomeserver
  let sessions: Sessions
  let authenticator: Authenticator
  let alice: UserId

  beforeEach(async () => {
    store = await openTestDatabase<AuthSchema>(dialect, authMigrations)
    homeserver = new FakeHomeserver()
    alice = homeserver.addUser('alice', { isAdmin: true })
    const lifetimes = {
      oauthAccessMs: 300_000,
      legacyAccessMs: undefined,
      legacyRefreshableAccessMs: 60_000,
      legacyRefreshMs: undefined,
      sessionMs: undefined,
    }
    sessions = createSessions({ clock, random: seededRandom('authenticator'), lifetimes })
    const activity = createSessionActivity({ database: store.database.as(), clock, logger: silentLogger })
    authenticator = createAuthenticator({
      database: store.database.as(),
      homeserver,
      activity,
      clock,
      mayAdminister: (user) => user.isAdmin,
      appservices: createAppserviceTokens([{ service: bridge, asToken: new Secret('bridge token') }]),
      areAppserviceIpsTracked: false,
      areAccountsLimited: false,
    })
  })
  afterEach(() => store.remove())

  const login = (refreshable = false) =>
    store.database.transaction((tx) => sessions.createLegacySession(tx, { userId: alice, deviceId: phone, refreshable }))
  const oauth = (scope: string, userId: UserId | undefined = alice) =>
    store.database.transaction((tx) =>
      sessions.createOAuthSession(tx, { userId, deviceId: undefined, clientId: 'CLIENT', scope, refreshable: true }),
    )

  test('a login token carries user, device and the admin flag of the moment', async () => {
    const { accessToken, sessionId } = await login()
    expect(await authenticator.authenticate(accessToken, origin)).toMatchObject({
      userId: alice,
      deviceId: phone,
      isAdmin: true,
      origin: 'legacy',
      sessionId,
    })
    await homeserver.setAdmin(undefined, alice, false)
    expect(await authenticator.authenticate(accessToken, origin)).toMatchObject({ isAdmin: false })
    expect(homeserver.activity).toHaveLength(2)
    expect(homeserver.activity[0]).toEqual({ userId: alice, deviceId: phone, ...origin })
  })

  test('an OAuth token is an admin token by its scope, for as long as its account is an admin', async () => {
    const plain = await oauth(api)
    const powerful = await oauth(`${api} urn:synapse:admin:*`)
    const isAdmin = async ({ accessToken }: { accessToken: string }) => (await authenticator.authenticate(accessToken, origin)).isAdmin
    homeserver.addUser('alice', { isAdmin: true })
    expect([await isAdmin(plain), await isAdmin(powerful)]).toEqual([false, true])
    homeserver.addUser('alice', { isAdmin: false })
    expect([await isAdmin(plain), await isAdmin(powerful)]).toEqual([false, false])
  })

  test('an OAuth token without an API scope, or without a user, opens nothing', async () => {
    const adminOnly = await oauth('urn:synapse:admin:*')
    const client = await store.database.transaction((tx) =>
      sessions.createOAuthSession(tx, { userId: undefined, deviceId: undefined, clientId: 'C', scope: api, refreshable: false }),
    )
    await expect(authenticator.authenticate(adminOnly.accessToken, origin)).rejects.toMatchObject({ errcode: 'M_UNKNOWN_TOKEN' })
    await expect(authenticator.authenticate(client.accessToken, origin)).rejects.toMatchObject(unknown)
  })

  test('an expired token asks for a soft logout, so does one that was refreshed', async () => {
    const { accessToken, refreshToken } = await login(true)
    await store.database.transaction((tx) => sessions.refresh(tx, { refreshToken: refreshToken!, sessionKind: 'legacy' }))
    const expired = { errcode: 'M_UNKNOWN_TOKEN', message: 'Access token has expired', extra: { soft_logout: true } }
    await expect(authenticator.authenticate(accessToken, origin)).rejects.toMatchObject(expired)
    const other = await oauth(api)
    clock.advance(300_000)
    await expect(authenticator.authenticate(other.accessToken, origin)).rejects.toMatchObject(expired)
  })

  test.each(['nonsense', 'mat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_000000', 'syt_YWxpY2U_abcdefghijabcdefghij_000000'])(
    'the made-up token %s is unknown',
    async (token) => {
      await expect(authenticator.authenticate(token, origin)).rejects.toMatchObject(unknown)
    },
  )

  test('tokens of ended sessions and deactivated users are unknown', async () => {
    const { accessToken, sessionId } = await login()
    await homeserver.deactivateUser(alice)
    await expect(authenticator.authenticate(accessToken, origin)).rejects.toMatchObject(unknown)
    homeserver.addUser('alice')
    await expect(authenticator.authenticate(accessToken, origin)).resolves.toMatchObject({ userId: alice })
    await store.database.transaction((tx) => sessions.end(tx, sessionId))
    await expect(authenticator.authenticate(accessToken, origin)).rejects.toMatchObject(unknown)
  })

  test('with a "log in as" token the admin acts as the user, and it is the admin who was active', async () => {
    const root = homeserver.addUser('root', { isAdmin: true })
    const bob = homeserver.addUser('bob')
    const { accessToken } = await store.database.transaction((tx) =>
      sessions.createPuppetToken(tx, { userId: bob, owner: root, validUntilMs: clock.nowMs() + 1000 }),
    )
    expect(await authenticator.authenticate(accessToken, origin)).toMatchObject({
      userId: bob,
      isAdmin: false,
      origin: 'puppet',
      puppetOwner: root,
    })
    expect(homeserver.activity.at(-1)).toMatchObject({ userId: root, deviceId: undefined })
    clock.advance(1000)
    await expect(authenticator.authenticate(accessToken, origin)).rejects.toMatchObject({ extra: { soft_logout: true } })
  })

  test('the first use of a refreshed token ends the retry with the old refresh token', async () => {
    const first = await oauth(api)
    const request = { refreshToken: first.refreshToken!, sessionKind: 'oauth', clientId: 'CLIENT' } as const
    const second = await store.database.transaction((tx) => sessions.refresh(tx, request))
    if (second.kind !== 'refreshed') throw new Error(second.kind)
    await authenticator.authenticate(second.tokens.accessToken, origin)
    expect(await store.database.transaction((tx) => sessions.refresh(tx, request))).toMatchObject({ kind: 'replayed' })
  })

  test('the auth admin API takes tokens with its scope, of users that are not locked', async () => {
    const plain = await oauth(api)
    const powerful = await oauth('urn:mas:admin')
    homeserver.addUser('alice', { isAdmin: true })
    await expect(authenticator.authenticateAuthAdmin(plain.accessToken, origin)).rejects.toMatchObject({ status: 401 })
    expect(await authenticator.authenticateAuthAdmin(powerful.accessToken, origin)).toMatchObject({ userId: alice, clientId: 'CLIENT' })
    homeserver.addUser('alice', { isAdmin: true, isLocked: true })
    await expect(authenticator.authenticateAuthAdmin(powerful.accessToken, origin)).rejects.toMatchObject({ status: 401 })
    homeserver.addUser('alice', { isAdmin: false })
    await expect(authenticator.authenticateAuthAdmin(powerful.accessToken, origin)).rejects.toMatchObject({ status: 401 })
  })

  test('the token of an application service acts for its sender, or for the registered user and device that the query names', async () => {
    homeserver.addUser('bridge')
    const ghost = homeserver.addUser('ghost_a', { isLocked: true })
    homeserver.devices.add(`${ghost} GHOST`)
    const act = (query: Record<string, string>) => authenticator.authenticate('bridge token', origin, new URLSearchParams(query))
    expect(await act({})).toMatchObject({ userId: bridge.sender, deviceId: undefined, origin: 'appservice', appservice: bridge })
    // a lock keeps people out, not their bridge
    expect(await act({ user_id: ghost })).toMatchObject({ userId: ghost, isLocked: false })
    expect(await act({ user_id: ghost, device_id: 'GHOST' })).toMatchObject({ deviceId: 'GHOST' })
    expect(await act({ user_id: ghost, 'org.matrix.msc3202.device_id': 'GHOST' })).toMatchObject({ deviceId: 'GHOST' })
    await expect(act({ user_id: ghost, device_id: 'OTHER' })).rejects.toMatchObject({ errcode: 'M_UNKNOWN_DEVICE', status: 400 })
    for (const user_id of [alice, '@ghost_new:example.com', '@ghost_\0:example.com', 'nonsense', '']) {
      await expect(act({ user_id })).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    }
    homeserver.addUser('ghost_gone', { isDeactivated: true })
    await expect(act({ user_id: '@ghost_gone:example.com' })).rejects.toMatchObject({ errcode: 'M_USER_DEACTIVATED' })
    expect(homeserver.activity).toEqual([])
  })
})
