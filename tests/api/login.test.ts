import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'

onBothDatabases('login', (dialect) => {
  const clock = new FakeClock(Date.now())
  let server: TestServer
  let bob: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    bob = await server.register('bob', { password: 'secret' })
  })
  afterAll(() => server.remove())

  const login = (body: Record<string, unknown>) => server.api('POST', `${V3}/login`, { body: { type: 'm.login.password', ...body } })
  const whoami = (token: string) => server.api('GET', `${V3}/account/whoami`, { token })

  test('offers the password flow, also under the older and unstable prefixes', async () => {
    for (const version of ['v3', 'r0', 'unstable']) {
      const answer = await server.api('GET', `/_matrix/client/${version}/login`)
      expect([answer.status, answer.body]).toEqual([
        200,
        {
          flows: [
            { type: 'm.login.password' },
            { type: 'm.login.sso', oauth_aware_preferred: true, 'org.matrix.msc3824.delegated_oidc_compatibility': true },
            { type: 'm.login.token' },
            { type: 'm.login.application_service' },
          ],
        },
      ])
    }
  })

  test.each([
    [{ user: 'bob' }],
    [{ user: 'BOB' }],
    [{ user: '@bob:glia.test' }],
    [{ identifier: { type: 'm.id.user', user: 'bob' } }],
    [{ identifier: { type: 'm.id.user', user: '@Bob:glia.test' } }],
  ])('takes %j', async (who) => {
    const answer = await login({ ...who, password: 'secret' })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      user_id: '@bob:glia.test',
      home_server: 'glia.test',
      device_id: expect.stringMatching(/^[0-9A-Z]{10}$/),
    })
    expect(answer.body).not.toHaveProperty('refresh_token')
    expect((await whoami(answer.body.access_token)).body).toEqual({
      user_id: '@bob:glia.test',
      is_guest: false,
      device_id: answer.body.device_id,
    })
  })

  test.each([
    [{ user: 'bob', password: 'wrong' }, 403, 'M_FORBIDDEN', 'Invalid username or password'],
    [{ user: 'nobody', password: 'secret' }, 403, 'M_FORBIDDEN', 'Invalid username or password'],
    [{ user: '@bob:other.test', password: 'secret' }, 403, 'M_FORBIDDEN', 'Invalid username or password'],
    [{ user: 'b\0b', password: 'secret' }, 403, 'M_FORBIDDEN', 'Invalid username or password'],
    [
      { identifier: { type: 'm.id.thirdparty', medium: 'email', address: 'a@b.c' }, password: 'x' },
      403,
      'M_FORBIDDEN',
      'Invalid username or password',
    ],
    [
      { identifier: { type: 'm.id.phone', country: 'GB', phone: '07700900000' }, password: 'x' },
      403,
      'M_FORBIDDEN',
      'Invalid username or password',
    ],
    [{ identifier: { type: 'm.id.user' }, password: 'x' }, 400, 'M_UNKNOWN', "User identifier is missing 'user' key"],
    [{ identifier: { type: 'm.id.thirdparty' }, password: 'x' }, 400, 'M_UNKNOWN', 'Invalid thirdparty identifier'],
    [{ identifier: { type: 'm.id.duck' }, password: 'x' }, 400, 'M_UNKNOWN', 'Unknown login identifier type'],
    [{ identifier: 'bob', password: 'x' }, 400, 'M_MISSING_PARAM', "'identifier' dict has no key 'type'"],
    [{ password: 'x' }, 400, 'M_INVALID_PARAM', 'Invalid login submission'],
    [{ user: 'bob' }, 400, 'M_INVALID_PARAM', 'Bad parameter: password'],
    [{ user: 'bob', password: 7 }, 400, 'M_INVALID_PARAM', 'Bad parameter: password'],
    [{ user: 'bob', password: 'secret', refresh_token: 'yes' }, 400, 'M_UNKNOWN', '`refresh_token` should be true or false.'],
    [{ user: 'bob', password: 'secret', device_id: 7 }, 400, 'M_INVALID_PARAM', 'device_id must be a string'],
    [
      { user: 'bob', password: 'secret', device_id: 'x'.repeat(513) },
      400,
      'M_INVALID_PARAM',
      'device_id cannot be longer than 512 characters.',
    ],
    [{ type: 'm.login.duck', user: 'bob', password: 'secret' }, 400, 'M_UNKNOWN', 'Unknown login type m.login.duck'],
    [{ type: 7, user: 'bob', password: 'secret' }, 400, 'M_INVALID_PARAM', 'Bad parameter: type'],
  ])('refuses %j', async (body, status, errcode, error) => {
    const answer = await login(body)
    expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
  })

  test('a login with a known device id keeps the device and its name, and ends its older token', async () => {
    const first = await login({ user: 'bob', password: 'secret', device_id: 'PHONE', initial_device_display_name: 'My phone' })
    const second = await login({ user: 'bob', password: 'secret', device_id: 'PHONE', initial_device_display_name: 'Another name' })
    expect((await whoami(first.body.access_token)).body).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: false })
    const device = await server.api('GET', `${V3}/devices/PHONE`, { token: second.body.access_token })
    expect(device.body.display_name).toBe('My phone')
  })

  test('refreshes: the old refresh token works until a new token was used, then never again', async () => {
    const first = await login({ user: 'bob', password: 'secret', refresh_token: true })
    expect(first.body.expires_in_ms).toBe(300_000)
    const refresh = (token: string) => server.api('POST', `${V3}/refresh`, { body: { refresh_token: token } })
    const lost = await refresh(first.body.refresh_token)
    const second = await refresh(first.body.refresh_token)
    expect(second.status).toBe(200)
    expect((await whoami(lost.body.access_token)).status).toBe(401)
    expect((await whoami(second.body.access_token)).body.device_id).toBe(first.body.device_id)
    const replay = await refresh(first.body.refresh_token)
    expect([replay.status, replay.body.errcode]).toEqual([401, 'M_UNKNOWN_TOKEN'])
  })

  test('an access token past its end says that it can be refreshed', async () => {
    const { body } = await login({ user: 'bob', password: 'secret', refresh_token: true })
    clock.advance(300_001)
    const answer = await whoami(body.access_token)
    expect(answer.body).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: true })
  })

  test.each([
    [{}, 400, 'M_MISSING_PARAM'],
    [{ refresh_token: 7 }, 400, 'M_INVALID_PARAM'],
    [{ refresh_token: 'made up' }, 401, 'M_UNKNOWN_TOKEN'],
  ])('refuses to refresh with %j', async (body, status, errcode) => {
    const answer = await server.api('POST', `${V3}/refresh`, { body })
    expect([answer.status, answer.body.errcode]).toEqual([status, errcode])
  })

  test('logout ends this session and its device, and no other', async () => {
    const { body: one } = await login({ user: 'bob', password: 'secret' })
    const { body: two } = await login({ user: 'bob', password: 'secret' })
    expect((await server.api('POST', `${V3}/logout`, { token: one.access_token, body: {} })).body).toEqual({})
    expect((await whoami(one.access_token)).status).toBe(401)
    const { body } = await server.api('GET', `${V3}/devices`, { token: two.access_token })
    const ids = body.devices.map(({ device_id }: { device_id: string }) => device_id)
    expect(ids).toContain(two.device_id)
    expect(ids).not.toContain(one.device_id)
  })

  test('logout of everything ends all sessions of this user only', async () => {
    const carol = await server.register('carol')
    const { body } = await login({ user: 'carol', password: carol.password })
    expect((await server.api('POST', `${V3}/logout/all`, { token: body.access_token })).status).toBe(200)
    expect((await whoami(carol.accessToken)).status).toBe(401)
    expect((await whoami(body.access_token)).status).toBe(401)
    expect((await whoami(bob.accessToken)).status).toBe(200)
  })
})

test('a server without passwords offers no password flow', async () => {
  const server = await startTestServer({ config: { password_config: { enabled: false } } })
  const user = await server.register('bob')
  expect((await server.api('GET', `${V3}/login`)).body).toEqual({
    flows: [{ type: 'm.login.token' }, { type: 'm.login.application_service' }],
  })
  const answer = await server.api('POST', `${V3}/login`, { body: { type: 'm.login.password', user: 'bob', password: user.password } })
  expect([answer.status, answer.body.errcode]).toEqual([400, 'M_UNKNOWN'])
  await server.remove()
})

test('failed logins of one account are limited, also with the right password afterwards', async () => {
  const big = { per_second: 100_000, burst_count: 100_000 }
  const rc_login = { address: big, account: big, failed_attempts: { per_second: 0.1, burst_count: 2 } }
  const server = await startTestServer({ config: { rc_login } })
  const user = await server.register('bob')
  const login = (password: string) => server.api('POST', `${V3}/login`, { body: { type: 'm.login.password', user: 'bob', password } })
  expect((await login('wrong')).status).toBe(403)
  expect((await login(user.password)).status).toBe(200)
  expect((await login('wrong')).status).toBe(403)
  const limited = await login(user.password)
  expect([limited.status, limited.body.errcode]).toEqual([429, 'M_LIMIT_EXCEEDED'])
  expect(limited.body.retry_after_ms).toBeGreaterThan(0)
  expect(Number(limited.headers.get('retry-after'))).toBe(Math.ceil(limited.body.retry_after_ms / 1000))
  await server.remove()
})
