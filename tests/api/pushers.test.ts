import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('the pushers API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const pusher = {
    kind: 'http',
    app_id: 'app',
    pushkey: 'key',
    app_display_name: 'App',
    device_display_name: 'Phone',
    lang: 'en',
    data: { url: 'https://push.test/_matrix/push/v1/notify' },
  }
  const set = (user: TestUser, change: object = {}) =>
    server.api('POST', '/_matrix/client/v3/pushers/set', { token: user.accessToken, body: { ...pusher, ...change } })
  const list = async (user: TestUser) => (await server.api('GET', '/_matrix/client/v3/pushers', { token: user.accessToken })).body.pushers

  test('are set, changed and removed', async () => {
    expect(await list(alice)).toEqual([])
    expect(await set(alice)).toMatchObject({ status: 200, body: {} })
    await set(alice, { lang: 'de' })
    expect(await list(alice)).toEqual([
      {
        ...pusher,
        lang: 'de',
        profile_tag: '',
        'org.matrix.msc3881.enabled': true,
        'org.matrix.msc3881.device_id': alice.deviceId,
      },
    ])
    await server.api('POST', '/_matrix/client/v3/pushers/set', {
      token: alice.accessToken,
      body: { kind: null, app_id: 'app', pushkey: 'key' },
    })
    expect(await list(alice)).toEqual([])
  })

  test('move to the next user of the same device, unless appended', async () => {
    await set(alice)
    await set(bob, { append: true })
    expect(await list(alice)).toHaveLength(1)
    await set(bob)
    expect(await list(alice)).toEqual([])
    expect(await list(bob)).toHaveLength(1)
  })

  test.each([
    [{ data: {} }],
    [{ data: { url: 'https://push.test/elsewhere' } }],
    [{ data: { url: 'nonsense' } }],
    [{ kind: 'other' }],
    [{ kind: 'email', pushkey: 'alice@elsewhere.test' }],
    [{ app_id: 'a'.repeat(65) }],
    [{ pushkey: 'a'.repeat(513) }],
    [{ pushkey: 'a\u0000' }],
    [{ lang: undefined }],
    [{ app_id: undefined }],
    [{ data: 5 }],
  ])('that cannot work are refused: %j', async (change) => {
    const answer = await set(alice, change)
    expect(answer.status).toBe(400)
    expect(await list(alice)).toEqual([])
  })

  test('go with their device', async () => {
    const carol = await server.register('carol')
    await set(carol, { pushkey: 'carol' })
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'carol' }, password: carol.password },
    })
    expect(login.status).toBe(200)
    await server.api('POST', '/_matrix/client/v3/logout', { token: carol.accessToken, body: {} })
    expect(await list({ ...carol, accessToken: login.body.access_token })).toEqual([])
  })
})
