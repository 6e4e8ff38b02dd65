import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registration, registrationSettings } from '../support/appservices.ts'
import { type ApiRequest, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'
const APPSERVICE = 'm.login.application_service'
const irc = registration('irc')
const mod = registration('mod', { namespaces: { users: [{ regex: '@(mod|irc)_.*', exclusive: false }] }, 'io.element.msc4190': true })
const limited = registration('limited', { rate_limited: true })

onBothDatabases('application services as clients', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let admin: TestUser

  beforeAll(async () => {
    const config = {
      ...registrationSettings([irc, mod, limited], afterAll),
      rc_message: { per_second: 0.01, burst_count: 2 },
      rc_joins: { local: { per_second: 0.01, burst_count: 1 }, remote: { per_second: 100, burst_count: 100 } },
    }
    server = await startTestServer({ dialect, config })
    ;[alice, admin] = [await server.register('alice'), await server.register('admin', { admin: true })]
    for (const localpart of ['irc_a', 'irc_b', '_irc_c']) await register(irc, localpart)
  })
  afterAll(() => server?.remove())

  const register = (service: typeof irc, username: unknown, more: Record<string, unknown> = { inhibit_login: true }) =>
    server.api('POST', `${V3}/register`, { token: service.as_token, body: { type: APPSERVICE, username, ...more } })
  const as = (user: string, method: string, path: string, request: ApiRequest = {}, service = irc) => {
    const mark = path.includes('?') ? '&' : '?'
    return server.api(method, `${V3}${path}${mark}user_id=${encodeURIComponent(user)}`, { token: service.as_token, ...request })
  }
  const brief = (answer: { status: number; body: { errcode?: string } }) => [answer.status, answer.body.errcode]

  test('the sender is there from the start, by header and by query', async () => {
    const sender = { user_id: '@ircbot:glia.test', is_guest: false }
    expect((await server.api('GET', `${V3}/account/whoami`, { token: irc.as_token })).body).toEqual(sender)
    expect((await server.api('GET', `${V3}/account/whoami?access_token=${irc.as_token}`)).body).toEqual(sender)
    const { body } = await server.api('GET', '/_synapse/admin/v2/users/@ircbot:glia.test', { token: admin.accessToken })
    expect(body).toMatchObject({ appservice_id: 'irc', admin: false, deactivated: false })
    expect(brief(await register(irc, 'ircbot'))).toEqual([400, 'M_USER_IN_USE'])
  })

  test('it acts for registered users of its namespace, and for nobody else', async () => {
    expect((await as('@irc_a:glia.test', 'GET', '/account/whoami')).body.user_id).toBe('@irc_a:glia.test')
    for (const user of [alice.userId, '@irc_unknown:glia.test', '@irc_\0:glia.test', 'irc_a', '']) {
      expect(brief(await as(user, 'GET', '/account/whoami')), user).toEqual([403, 'M_FORBIDDEN'])
    }
  })

  test('it registers users with names that people may not have', async () => {
    expect((await register(irc, 'irc_Nick[m]')).body).toEqual({ user_id: '@irc_Nick[m]:glia.test', home_server: 'glia.test' })
    const { body } = await register(irc, 'irc_login', { device_id: 'D', initial_device_display_name: 'bridge' })
    expect(body).toMatchObject({ user_id: '@irc_login:glia.test', device_id: 'D', access_token: expect.any(String) })
    expect((await server.api('GET', `${V3}/account/whoami`, { token: body.access_token })).body.user_id).toBe('@irc_login:glia.test')
    const { body: shown } = await server.api('GET', '/_synapse/admin/v2/users/@irc_login:glia.test', { token: admin.accessToken })
    expect(shown).toMatchObject({ appservice_id: 'irc', displayname: 'irc_login' })
  })

  test('registrations outside of its namespace, or without its token, are refused', async () => {
    expect(brief(await register(irc, 'irc_a'))).toEqual([400, 'M_USER_IN_USE'])
    expect(brief(await register(irc, 'someone'))).toEqual([400, 'M_EXCLUSIVE'])
    expect(brief(await register(irc, '@irc_x:glia.test'))).toEqual([400, 'M_EXCLUSIVE'])
    // both have it, but the other has it for itself
    expect(brief(await register(mod, 'irc_x'))).toEqual([400, 'M_EXCLUSIVE'])
    expect(brief(await register(irc, undefined))).toEqual([400, 'M_UNKNOWN'])
    expect(brief(await register(irc, 'irc_\0'))).toEqual([400, 'M_INVALID_USERNAME'])
    expect(brief(await register(irc, `irc_${'x'.repeat(300)}`))).toEqual([400, 'M_INVALID_USERNAME'])
    const body = { type: APPSERVICE, username: 'irc_x', inhibit_login: true }
    expect(brief(await server.api('POST', `${V3}/register`, { token: 'nonsense', body }))).toEqual([401, 'M_UNKNOWN_TOKEN'])
    expect(brief(await server.api('POST', `${V3}/register`, { token: alice.accessToken, body }))).toEqual([401, 'M_UNKNOWN_TOKEN'])
    expect(brief(await server.api('POST', `${V3}/register`, { body }))).toEqual([400, 'M_UNKNOWN'])
    const typeless = { username: 'irc_x', password: 'x', auth: { type: 'm.login.dummy' } }
    expect(brief(await server.api('POST', `${V3}/register`, { token: irc.as_token, body: typeless }))).toEqual([400, 'M_UNKNOWN'])
    const unmade = await server.api('GET', '/_synapse/admin/v2/users/@irc_x:glia.test', { token: admin.accessToken })
    expect(brief(unmade)).toEqual([404, 'M_NOT_FOUND'])
  })

  test('nobody else gets names of its namespace', async () => {
    const signUp = { username: 'irc_mine', password: 'secret', auth: { type: 'm.login.dummy' } }
    expect(brief(await server.api('POST', `${V3}/register`, { body: signUp }))).toEqual([400, 'M_EXCLUSIVE'])
    expect(brief(await server.api('GET', `${V3}/register/available?username=irc_mine`))).toEqual([400, 'M_EXCLUSIVE'])
    expect((await server.api('GET', `${V3}/register/available?username=mod_mine`)).body).toEqual({ available: true })
    await expect(server.register('irc_mine')).rejects.toThrow('M_EXCLUSIVE')
    const made = await server.api('PUT', '/_synapse/admin/v2/users/@irc_mine:glia.test', { token: admin.accessToken, body: {} })
    expect(brief(made)).toEqual([400, 'M_EXCLUSIVE'])
    const page = await server.api('GET', '/register')
    const cookie = page.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const form = { csrf, username: 'irc_mine', password: 'long enough', password_confirm: 'long enough' }
    const refused = await server.api('POST', '/register', { form, headers: { cookie } })
    expect(refused.body).toContain('This user ID is reserved by an application service.')
  })

  test('it logs its users in', async () => {
    const login = (token: string | undefined, user: string, service: Record<string, unknown> = {}) => {
      const body = { type: APPSERVICE, identifier: { type: 'm.id.user', user }, ...service }
      return server.api('POST', `${V3}/login`, { body, ...(token === undefined ? {} : { token }) })
    }
    const { body } = await login(irc.as_token, 'irc_a', { device_id: 'PHONE' })
    expect(body).toMatchObject({ user_id: '@irc_a:glia.test', device_id: 'PHONE' })
    expect((await server.api('GET', `${V3}/account/whoami`, { token: body.access_token })).body.device_id).toBe('PHONE')
    expect(brief(await login(irc.as_token, 'alice'))).toEqual([403, 'M_FORBIDDEN'])
    expect(brief(await login(irc.as_token, 'irc_nobody'))).toEqual([403, 'M_FORBIDDEN'])
    expect(brief(await login(irc.as_token, 'irc_\0'))).toEqual([403, 'M_FORBIDDEN'])
    expect(brief(await login(alice.accessToken, 'irc_a'))).toEqual([401, 'M_UNKNOWN_TOKEN'])
    expect(brief(await login(undefined, 'irc_a'))).toEqual([401, 'M_MISSING_TOKEN'])
    expect(brief(await login(irc.as_token, 'irc_a', { identifier: 'irc_a' }))).toEqual([400, 'M_INVALID_PARAM'])
    expect(brief(await login(mod.as_token, 'irc_a'))).toEqual([400, 'M_APPSERVICE_LOGIN_UNSUPPORTED'])
    expect(brief(await register(mod, 'mod_login', {}))).toEqual([400, 'M_APPSERVICE_LOGIN_UNSUPPORTED'])
  })

  test('it makes, uses, renames and deletes devices without logging in', async () => {
    const device = { body: { display_name: 'bridge' } }
    expect((await as('@irc_b:glia.test', 'PUT', '/devices/D1', device)).status).toBe(201)
    expect((await as('@irc_b:glia.test', 'PUT', '/devices/D1', { body: { display_name: 'bridge, renamed' } })).status).toBe(200)
    const { body } = await as('@irc_b:glia.test', 'GET', '/devices')
    expect(body.devices).toMatchObject([{ device_id: 'D1', display_name: 'bridge, renamed' }])
    expect((await as('@irc_b:glia.test', 'GET', '/account/whoami?device_id=D1')).body.device_id).toBe('D1')
    expect((await as('@irc_b:glia.test', 'GET', '/account/whoami?org.matrix.msc3202.device_id=D1')).body.device_id).toBe('D1')
    expect(brief(await as('@irc_b:glia.test', 'GET', '/account/whoami?device_id=D2'))).toEqual([400, 'M_UNKNOWN_DEVICE'])
    expect((await as('@irc_b:glia.test', 'DELETE', '/devices/D1', { body: {} })).status).toBe(200)
    expect((await as('@irc_b:glia.test', 'GET', '/devices')).body.devices).toEqual([])
    expect(brief(await server.api('PUT', `${V3}/devices/NEW`, { token: alice.accessToken, ...device }))).toEqual([404, 'M_NOT_FOUND'])
  })

  test('logging out as a device ends the device, and leaves the service in', async () => {
    await as('@irc_b:glia.test', 'PUT', '/devices/OUT', { body: {} })
    expect((await as('@irc_b:glia.test', 'POST', '/logout?device_id=OUT', { body: {} })).status).toBe(200)
    expect((await as('@irc_b:glia.test', 'GET', '/devices')).body.devices).toEqual([])
    expect((await as('@irc_b:glia.test', 'POST', '/logout', { body: {} })).status).toBe(200)
    expect((await as('@irc_b:glia.test', 'GET', '/account/whoami')).status).toBe(200)
  })

  test('a lock does not keep it out, a deactivation does; it may deactivate its users, and set no passwords', async () => {
    await register(irc, 'irc_locked')
    const path = '/_synapse/admin/v2/users/@irc_locked:glia.test'
    await server.api('PUT', path, { token: admin.accessToken, body: { locked: true } })
    expect((await as('@irc_locked:glia.test', 'GET', '/account/whoami')).status).toBe(200)
    expect(brief(await as('@irc_locked:glia.test', 'POST', '/account/password', { body: { new_password: 'x' } }))).toEqual([
      403,
      'M_FORBIDDEN',
    ])
    expect((await as('@irc_locked:glia.test', 'POST', '/account/deactivate', { body: {} })).status).toBe(200)
    expect(brief(await as('@irc_locked:glia.test', 'GET', '/account/whoami'))).toEqual([403, 'M_USER_DEACTIVATED'])
  })

  test('aliases of its namespace are its own, and others are not', async () => {
    const { body: room } = await server.api('POST', `${V3}/createRoom`, { token: alice.accessToken, body: { preset: 'public_chat' } })
    const put = (alias: string, token: string) =>
      server.api('PUT', `${V3}/directory/room/${encodeURIComponent(alias)}`, { token, body: { room_id: room.room_id } })
    const remove = (alias: string, token: string) => server.api('DELETE', `${V3}/directory/room/${encodeURIComponent(alias)}`, { token })
    expect(brief(await put('#irc_a:glia.test', alice.accessToken))).toEqual([400, 'M_EXCLUSIVE'])
    expect(brief(await put('#irc_a:glia.test', admin.accessToken))).toEqual([400, 'M_EXCLUSIVE'])
    expect(brief(await put('#other:glia.test', irc.as_token))).toEqual([400, 'M_EXCLUSIVE'])
    // it need not be in the room
    expect((await put('#irc_a:glia.test', irc.as_token)).status).toBe(200)
    expect(brief(await remove('#irc_a:glia.test', admin.accessToken))).toEqual([400, 'M_EXCLUSIVE'])
    expect((await put('#alice:glia.test', alice.accessToken)).status).toBe(200)
    expect(brief(await remove('#alice:glia.test', irc.as_token))).toEqual([400, 'M_EXCLUSIVE'])
    expect((await remove('#irc_a:glia.test', irc.as_token)).status).toBe(200)
    const create = (token: string, name: string) => server.api('POST', `${V3}/createRoom`, { token, body: { room_alias_name: name } })
    expect(brief(await create(alice.accessToken, 'irc_r'))).toEqual([400, 'M_EXCLUSIVE'])
    expect(brief(await create(irc.as_token, 'r'))).toEqual([400, 'M_EXCLUSIVE'])
    expect((await create(irc.as_token, 'irc_r')).status).toBe(200)
  })

  test('it gives events their time; others have no say in it', async () => {
    const { body: room } = await as('@irc_a:glia.test', 'POST', '/createRoom', { body: { preset: 'public_chat' } })
    const path = `/rooms/${encodeURIComponent(room.room_id)}`
    const message = { body: { msgtype: 'm.text', body: 'old' } }
    const sent = [
      await as('@irc_a:glia.test', 'PUT', `${path}/send/m.room.message/1?ts=1000`, message),
      await as('@irc_a:glia.test', 'PUT', `${path}/state/m.room.topic?ts=2000`, { body: { topic: 'x' } }),
      await as('@irc_a:glia.test', 'PUT', `${path}/state/m.room.member/@irc_a:glia.test?ts=3000`, {
        body: { membership: 'join', displayname: 'A' },
      }),
    ]
    const timeOf = async (eventId: string) =>
      (await as('@irc_a:glia.test', 'GET', `${path}/event/${encodeURIComponent(eventId)}`)).body.origin_server_ts
    expect(await Promise.all(sent.map(({ body }) => timeOf(body.event_id)))).toEqual([1000, 2000, 3000])
    await as('@irc_b:glia.test', 'POST', `${path}/join?ts=4000`, { body: {} })
    const { body: members } = await as('@irc_a:glia.test', 'GET', `${path}/members`)
    const joined = members.chunk.find(({ state_key }: { state_key: string }) => state_key === '@irc_b:glia.test')
    expect(joined.origin_server_ts).toBe(4000)
    for (const ts of ['x', '-1', '1e3', '99999999999999999']) {
      expect(brief(await as('@irc_a:glia.test', 'PUT', `${path}/send/m.room.message/2?ts=${ts}`, message)), ts).toEqual([
        400,
        'M_INVALID_PARAM',
      ])
    }
    await server.api('POST', `${V3}${path}/join`, { token: alice.accessToken, body: {} })
    const byAlice = await server.api('PUT', `${V3}${path}/send/m.room.message/1?ts=x`, { token: alice.accessToken, ...message })
    expect(await timeOf(byAlice.body.event_id)).toBeGreaterThan(1_000_000)
  })

  test('rate limits do not hold for it, unless its registration says so', async () => {
    const { body: room } = await server.api('POST', `${V3}/createRoom`, { token: irc.as_token, body: { preset: 'public_chat' } })
    const path = `${V3}/rooms/${encodeURIComponent(room.room_id)}`
    await server.api('POST', `${path}/join`, { token: limited.as_token, body: {} })
    const send = (token: string, id: number) =>
      server.api('PUT', `${path}/send/m.room.message/${id}`, { token, body: { msgtype: 'm.text', body: 'x' } })
    const statuses = async (token: string) => {
      const found: number[] = []
      for (let id = 0; id < 4; id++) found.push((await send(token, id)).status)
      return found
    }
    expect(await statuses(irc.as_token)).toEqual([200, 200, 200, 200])
    expect(await statuses(limited.as_token)).toEqual([200, 200, 429, 429])
  })

  test('a repeated transaction id of one user makes one event, of two users two', async () => {
    const { body: room } = await as('@irc_a:glia.test', 'POST', '/createRoom', { body: { preset: 'public_chat' } })
    const path = `/rooms/${encodeURIComponent(room.room_id)}`
    await as('@irc_b:glia.test', 'POST', `${path}/join`, { body: {} })
    const send = async (user: string) =>
      (await as(user, 'PUT', `${path}/send/m.room.message/same`, { body: { msgtype: 'm.text', body: 'x' } })).body.event_id
    const [first, again, other] = [await send('@irc_a:glia.test'), await send('@irc_a:glia.test'), await send('@irc_b:glia.test')]
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  test('its token opens neither the Admin API nor the one of the auth service', async () => {
    expect(brief(await server.api('GET', '/_synapse/admin/v2/users', { token: irc.as_token }))).toEqual([403, 'M_FORBIDDEN'])
    expect((await server.api('GET', '/api/admin/v1/version', { token: irc.as_token })).status).toBe(401)
  })
})
