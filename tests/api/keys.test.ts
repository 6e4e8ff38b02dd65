import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('the keys API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const post = (user: TestUser, path: string, body: unknown) =>
    server.api('POST', `/_matrix/client/v3/keys/${path}`, { token: user.accessToken, body })
  const deviceKeys = (user: TestUser) => ({
    user_id: user.userId,
    device_id: user.deviceId,
    algorithms: ['m.olm.v1.curve25519-aes-sha2'],
    keys: { [`ed25519:${user.deviceId}`]: 'key' },
    signatures: { [user.userId]: { [`ed25519:${user.deviceId}`]: 'signature' } },
  })

  test('a claimed key is gone', async () => {
    const key = { key: 'abc', signatures: {} }
    const uploaded = await post(alice, 'upload', { device_keys: deviceKeys(alice), one_time_keys: { 'signed_curve25519:A': key } })
    expect(uploaded).toMatchObject({ status: 200, body: { one_time_key_counts: { signed_curve25519: 1 } } })
    const wanted = { one_time_keys: { [alice.userId]: { [alice.deviceId]: 'signed_curve25519' } } }
    const first = await post(bob, 'claim', wanted)
    expect(first.body).toEqual({
      one_time_keys: { [alice.userId]: { [alice.deviceId]: { 'signed_curve25519:A': key } } },
      failures: {},
    })
    expect((await post(bob, 'claim', wanted)).body).toEqual({ one_time_keys: {}, failures: {} })
  })

  test('a query answers for every user of this server and names other servers as failed', async () => {
    const nobody = '@nobody:glia.test'
    const { status, body } = await post(bob, 'query', { device_keys: { [nobody]: [], [bob.userId]: [], '@x:other.test': [] } })
    expect(status).toBe(200)
    expect(body.device_keys).toEqual({ [nobody]: {}, [bob.userId]: {} })
    expect(Object.keys(body.failures)).toEqual(['other.test'])
  })

  test.each([
    ['upload', { device_keys: 5 }],
    ['upload', { device_keys: { user_id: '@x:glia.test' } }],
    ['upload', { one_time_keys: 5 }],
    ['upload', { one_time_keys: { 'a:b': 5 } }],
    ['upload', { one_time_keys: { nocolon: 'x' } }],
    ['upload', { one_time_keys: { 'signed_curve25519:A': { n: 1.5 } } }],
    ['query', {}],
    ['query', { device_keys: { nobody: [] } }],
    ['query', { device_keys: { '@a\u0000:glia.test': [] } }],
    ['query', { device_keys: { '@a:glia.test': [5] } }],
    ['claim', { one_time_keys: 5 }],
    ['claim', { one_time_keys: { '@a:glia.test': { D: 5 } } }],
    ['claim', { one_time_keys: { nobody: { D: 'x' } } }],
    ['device_signing/upload', { master_key: 5 }],
    ['device_signing/upload', { master_key: {} }],
    ['signatures/upload', { '@a:glia.test': 5 }],
  ])('%s refuses %j', async (path, body) => {
    const answer = await post(alice, path, body)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ errcode: expect.stringMatching(/^M_/), error: expect.any(String) })
  })

  test('odd device ids and signatures do no harm', async () => {
    const odd = { [alice.userId]: { 'D\u0000': 'signed_curve25519', __proto__x: 'x\u0000' } }
    expect(await post(bob, 'claim', { one_time_keys: odd })).toMatchObject({ status: 200, body: { one_time_keys: {} } })
    const answer = await post(alice, 'signatures/upload', { 'no\u0000body': { 'x\u0000': {} }, [alice.userId]: { X: 5 } })
    expect(answer.status).toBe(200)
    expect(answer.body.failures[alice.userId].X).toMatchObject({ errcode: 'M_INVALID_PARAM', error: expect.any(String) })
  })

  test('what belongs to a device goes with it, and the rest with the account', async () => {
    const carol = await server.register('carol')
    const as = (method: string, path: string, body?: unknown, token = carol.accessToken) =>
      server.api(method, `/_matrix/client/v3/${path}`, { token, ...(body === undefined ? {} : { body }) })
    await post(carol, 'upload', { device_keys: deviceKeys(carol), one_time_keys: { 'signed_curve25519:A': { key: 'k', signatures: {} } } })
    const login = await as('POST', 'login', {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: 'carol' },
      password: carol.password,
    })
    const { access_token: token } = login.body
    await as('PUT', `user/${carol.userId}/account_data/m.x`, { secret: 1 })
    await as('POST', 'room_keys/version', { algorithm: 'm.test', auth_data: {} })
    await as('PUT', 'pushrules/global/override/.m.rule.master/enabled', { enabled: true })
    await as('POST', 'logout', {})
    expect((await post(bob, 'query', { device_keys: { [carol.userId]: [] } })).body.device_keys).toEqual({ [carol.userId]: {} })
    const wanted = { one_time_keys: { [carol.userId]: { [carol.deviceId]: 'signed_curve25519' } } }
    expect((await post(bob, 'claim', wanted)).body.one_time_keys).toEqual({})

    const asked = await as('POST', 'account/deactivate', {}, token)
    const auth = { type: 'm.login.password', session: asked.body.session, identifier: { type: 'm.id.user', user: 'carol' } }
    expect((await as('POST', 'account/deactivate', { auth: { ...auth, password: carol.password } }, token)).status).toBe(200)
    const admin = await server.register('admin', { admin: true })
    const reactivated = await server.api('PUT', `/_synapse/admin/v2/users/${carol.userId}`, {
      token: admin.accessToken,
      body: { deactivated: false, password: 'another password' },
    })
    expect(reactivated.status).toBe(200)
    const again = await as('POST', 'login', {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: 'carol' },
      password: 'another password',
    })
    const later = again.body.access_token
    expect((await as('GET', `user/${carol.userId}/account_data/m.x`, undefined, later)).status).toBe(404)
    expect((await as('GET', 'room_keys/version', undefined, later)).status).toBe(404)
    expect((await as('GET', 'pushrules/global/override/.m.rule.master/enabled', undefined, later)).body).toEqual({ enabled: false })
  })

  test('changes are counted from any sync token; what is none is refused', async () => {
    const changes = (query: string) => server.api('GET', `/_matrix/client/v3/keys/changes${query}`, { token: alice.accessToken })
    expect(await changes('?from=s0_0')).toMatchObject({ status: 200, body: { changed: [alice.userId], left: [] } })
    expect(await changes('')).toMatchObject({ status: 400, body: { errcode: 'M_MISSING_PARAM' } })
    expect((await changes('?from=nonsense')).status).toBe(400)
    expect((await changes('?from=s0&to=nonsense')).status).toBe(400)
  })
})
