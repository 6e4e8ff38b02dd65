import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('OpenID tokens', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let alice: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    alice = await server.register('alice')
  })
  afterAll(() => server.remove())

  const request = (user: TestUser, of = user) =>
    server.api('POST', `/_matrix/client/v3/user/${of.userId}/openid/request_token`, { token: user.accessToken, body: {} })
  const userinfo = (token: string) => server.api('GET', `/_matrix/federation/v1/openid/userinfo?access_token=${token}`)

  test('say who the user is, and open nothing', async () => {
    const { body } = await request(alice)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      matrix_server_name: server.serverName,
      expires_in: 3600,
    })
    expect((await userinfo(body.access_token)).body).toEqual({ sub: alice.userId })
    const whoami = await server.api('GET', '/_matrix/client/v3/account/whoami', { token: body.access_token })
    expect(whoami).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } })
  })

  test('survive a restart and end after an hour', async () => {
    const { access_token } = (await request(alice)).body
    await server.restart()
    expect((await userinfo(access_token)).status).toBe(200)
    clock.advance(3600_000)
    expect(await userinfo(access_token)).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } })
  })

  test('end with the account', async () => {
    const bob = await server.register('bob')
    const { access_token } = (await request(bob)).body
    const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: bob.userId }, password: bob.password }
    expect((await server.api('POST', '/_matrix/client/v3/account/deactivate', { token: bob.accessToken, body: { auth } })).status).toBe(200)
    expect((await userinfo(access_token)).status).toBe(401)
  })

  test('are refused for others and asked about with a token', async () => {
    const carol = await server.register('carol')
    expect(await request(carol, alice)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    expect(await userinfo('wrong')).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } })
    expect(await server.api('GET', '/_matrix/federation/v1/openid/userinfo')).toMatchObject({
      status: 401,
      body: { errcode: 'M_MISSING_TOKEN' },
    })
  })
})
