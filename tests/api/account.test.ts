import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'

onBothDatabases('an account', (dialect) => {
  let server: TestServer
  let user: TestUser
  let count = 0
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  beforeEach(async () => {
    user = await server.register(`user${count++}`)
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, token: string, body?: unknown) =>
    server.api(method, V3 + path, { token, ...(body === undefined ? {} : { body }) })
  const login = async (password = user.password) =>
    (await server.api('POST', `${V3}/login`, { body: { type: 'm.login.password', user: user.localpart, password } })).body
  const whoami = async (token: string) => (await call('GET', '/account/whoami', token)).status
  const proof = (session?: string, password = user.password) => ({
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: user.userId },
    password,
    ...(session === undefined ? {} : { session }),
  })

  test('a new password ends the other sessions and their devices, and not the calling one', async () => {
    const other = await login()
    const asked = await call('POST', '/account/password', user.accessToken, { new_password: 'new' })
    expect(asked.status).toBe(401)
    expect(asked.body).toEqual({ session: expect.any(String), flows: [{ stages: ['m.login.password'] }], params: {} })
    // the new password was remembered with the session
    const done = await call('POST', '/account/password', user.accessToken, { auth: proof(asked.body.session) })
    expect([done.status, done.body]).toEqual([200, {}])
    expect([await whoami(user.accessToken), await whoami(other.access_token)]).toEqual([200, 401])
    const devices = (await call('GET', '/devices', user.accessToken)).body.devices
    expect(devices.map(({ device_id }: { device_id: string }) => device_id)).toEqual([user.deviceId])
    expect([(await login()).errcode, (await login('new')).user_id]).toEqual(['M_FORBIDDEN', user.userId])
  })

  test('a new password leaves the others alone if so wanted', async () => {
    const other = await login()
    const body = { new_password: 'new', logout_devices: false, auth: proof() }
    expect((await call('POST', '/account/password', user.accessToken, body)).status).toBe(200)
    expect(await whoami(other.access_token)).toBe(200)
  })

  test("a wrong password is answered with the flows again, somebody else's with 403, and nothing changes", async () => {
    const wrong = await call('POST', '/account/password', user.accessToken, { new_password: 'new', auth: proof(undefined, 'wrong') })
    expect(wrong.status).toBe(401)
    expect(wrong.body).toMatchObject({ errcode: 'M_FORBIDDEN', error: 'Invalid username or password', completed: [] })
    const mallory = await server.register(`mallory${count}`)
    const auth = { type: 'm.login.password', user: mallory.localpart, password: mallory.password }
    const foreign = await call('POST', '/account/password', user.accessToken, { new_password: 'new', auth })
    expect([foreign.status, foreign.body.errcode]).toEqual([403, 'M_FORBIDDEN'])
    expect((await login()).user_id).toBe(user.userId)
  })

  test('a proof is good for what it was asked for, by whom it was asked for', async () => {
    const { body } = await call('POST', '/account/deactivate', user.accessToken, {})
    const other = await call('POST', '/account/password', user.accessToken, { new_password: 'new', auth: proof(body.session) })
    expect([other.status, other.body.error]).toEqual([403, 'Requested operation has changed during the UI authentication session.'])
  })

  test('deactivation ends everything: tokens, login, and the name stays taken', async () => {
    await call('PUT', `/profile/${user.userId}/displayname`, user.accessToken, { displayname: 'Name' })
    const body = { auth: proof(), erase: true }
    const done = await call('POST', '/account/deactivate', user.accessToken, body)
    expect([done.status, done.body]).toEqual([200, { id_server_unbind_result: 'success' }])
    const refused = await call('GET', '/account/whoami', user.accessToken)
    expect([refused.status, refused.body.errcode, refused.body.soft_logout]).toEqual([401, 'M_UNKNOWN_TOKEN', false])
    expect((await login()).errcode).toBe('M_FORBIDDEN')
    expect((await server.api('GET', `${V3}/profile/${user.userId}`)).body.errcode).toBe('M_NOT_FOUND')
    const again = await server.api('GET', `${V3}/register/available?username=${user.localpart}`)
    expect(again.body.errcode).toBe('M_USER_IN_USE')
  })

  test('deleting a device needs the password, ends its session, and spares the others', async () => {
    const other = await login()
    const path = `/devices/${other.device_id}`
    const asked = await call('DELETE', path, user.accessToken)
    expect([asked.status, asked.body.flows]).toEqual([401, [{ stages: ['m.login.password'] }]])
    expect(await whoami(other.access_token)).toBe(200)
    const done = await call('DELETE', path, user.accessToken, { auth: proof(asked.body.session) })
    expect([done.status, done.body]).toEqual([200, {}])
    expect([await whoami(other.access_token), await whoami(user.accessToken)]).toEqual([401, 200])
    expect((await call('GET', path, user.accessToken)).body.errcode).toBe('M_NOT_FOUND')
  })

  test('several devices are deleted at once; the proof is for these only, and unknown ones are passed over', async () => {
    const [one, two] = [await login(), await login()]
    const devices = [one.device_id, two.device_id, 'UNKNOWN']
    const asked = await call('POST', '/delete_devices', user.accessToken, { devices })
    const auth = proof(asked.body.session)
    expect((await call('POST', '/delete_devices', user.accessToken, { devices: [user.deviceId], auth })).status).toBe(403)
    expect((await call('POST', '/delete_devices', user.accessToken, { devices, auth })).status).toBe(200)
    expect([await whoami(one.access_token), await whoami(two.access_token), await whoami(user.accessToken)]).toEqual([401, 401, 200])
    expect((await call('POST', '/delete_devices', user.accessToken, {})).body.errcode).toBe('M_MISSING_PARAM')
  })

  test('devices are listed, read and renamed', async () => {
    const path = `/devices/${user.deviceId}`
    expect((await call('PUT', path, user.accessToken, { display_name: 'Desk' })).body).toEqual({})
    const expected = { user_id: user.userId, device_id: user.deviceId, display_name: 'Desk' }
    expect((await call('GET', path, user.accessToken)).body).toMatchObject(expected)
    expect((await call('GET', '/devices', user.accessToken)).body.devices).toMatchObject([expected])
    const refusals = [
      await call('GET', '/devices/NOPE', user.accessToken),
      await call('PUT', '/devices/NOPE', user.accessToken, { display_name: 'x' }),
      await call('PUT', path, user.accessToken, { display_name: 'x'.repeat(101) }),
      await call('PUT', path, user.accessToken, { display_name: 7 }),
    ]
    expect(refusals.map(({ status, body }) => [status, body.errcode])).toEqual([
      [404, 'M_NOT_FOUND'],
      [404, 'M_NOT_FOUND'],
      [400, 'M_TOO_LARGE'],
      [400, 'M_BAD_JSON'],
    ])
  })

  test('a device id may hold any character but NUL', async () => {
    const deviceId = 'a/b ü%?#'
    const body = { type: 'm.login.password', user: user.localpart, password: user.password, device_id: deviceId }
    const { access_token } = (await server.api('POST', `${V3}/login`, { body })).body
    const device = await call('GET', `/devices/${encodeURIComponent(deviceId)}`, access_token)
    expect(device.body.device_id).toBe(deviceId)
  })
})

onBothDatabases('a profile', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let admin: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    admin = await server.register('admin', { admin: true })
  })
  afterAll(() => server.remove())

  const path = (rest = '', user = '@alice:glia.test') => `${V3}/profile/${user}${rest}`
  const put = (field: string, body: unknown, token = alice.accessToken, user?: string) =>
    server.api('PUT', path(`/${field}`, user), { token, body })
  const read = async (rest = '') => (await server.api('GET', path(rest))).body

  test('starts with the localpart as name; fields are set, read and removed', async () => {
    expect(await read()).toEqual({ displayname: 'alice' })
    expect(await read('/avatar_url')).toEqual({ avatar_url: null })
    await put('displayname', { displayname: '  Alice A ' })
    await put('avatar_url', { avatar_url: 'mxc://glia.test/abc' })
    await put('m.tz', { 'm.tz': 'Europe/London' })
    await put('org.example.nested', { 'org.example.nested': { a: [1, 'ü'] } })
    expect(await read()).toEqual({
      displayname: 'Alice A',
      avatar_url: 'mxc://glia.test/abc',
      'm.tz': 'Europe/London',
      'org.example.nested': { a: [1, 'ü'] },
    })
    expect(await read('/m.tz')).toEqual({ 'm.tz': 'Europe/London' })
    for (const field of ['displayname', 'm.tz', 'm.tz']) {
      expect((await server.api('DELETE', path(`/${field}`), { token: alice.accessToken })).body).toEqual({})
    }
    expect(Object.keys(await read())).toEqual(['avatar_url', 'org.example.nested'])
    expect((await server.api('GET', path('/m.tz'))).body.errcode).toBe('M_NOT_FOUND')
  })

  test('unknown users have none', async () => {
    const answers = await Promise.all(['@nobody:glia.test', 'bob', '@bob:other.test'].map((user) => server.api('GET', path('', user))))
    expect(answers.map(({ status, body }) => [status, body.errcode])).toEqual([
      [404, 'M_NOT_FOUND'],
      [400, 'M_INVALID_PARAM'],
      [404, 'M_NOT_FOUND'],
    ])
  })

  test.each([
    ['displayname', {}, 'M_MISSING_PARAM'],
    ['displayname', { displayname: 7 }, 'M_INVALID_PARAM'],
    ['displayname', { displayname: null }, 'M_INVALID_PARAM'],
    ['displayname', { displayname: 'a\0b' }, 'M_INVALID_PARAM'],
    ['displayname', { displayname: 'x'.repeat(257) }, 'M_UNKNOWN'],
    ['avatar_url', { avatar_url: 'x'.repeat(1001) }, 'M_UNKNOWN'],
    [`org.${'x'.repeat(252)}`, { [`org.${'x'.repeat(252)}`]: 1 }, 'M_KEY_TOO_LARGE'],
    ['Upper', { Upper: 1 }, 'M_INVALID_PARAM'],
    ['org.big', { 'org.big': 'x'.repeat(65_536) }, 'M_PROFILE_TOO_LARGE'],
  ])('refuses %s %j', async (field, body, errcode) => {
    const answer = await put(field, body)
    expect([answer.status, answer.body.errcode]).toEqual([400, errcode])
  })

  test('is changed by its user and by admins only', async () => {
    const mallory = await server.register('mallory')
    const foreign = await put('displayname', { displayname: 'x' }, mallory.accessToken)
    expect([foreign.status, foreign.body.errcode]).toEqual([403, 'M_FORBIDDEN'])
    expect((await put('displayname', { displayname: 'By admin' }, admin.accessToken)).status).toBe(200)
    expect((await read('/displayname')).displayname).toBe('By admin')
    const remote = await put('displayname', { displayname: 'x' }, admin.accessToken, '@bob:other.test')
    expect([remote.status, remote.body.errcode]).toEqual([400, 'M_UNKNOWN'])
  })
})
