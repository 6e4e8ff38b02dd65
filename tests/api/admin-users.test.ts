import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V1 = '/_synapse/admin/v1'
const V2 = '/_synapse/admin/v2'
const CLIENT = '/_matrix/client/v3'

onBothDatabases('the admin API of users', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let bob: TestUser
  let count = 0
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
  })
  beforeEach(async () => {
    bob = await server.register(`bob${count++}`)
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, body?: unknown, token = admin.accessToken) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
  const whoami = (token: string) => server.api('GET', `${CLIENT}/account/whoami`, { token })
  const login = (localpart: string, password: string) =>
    server.api('POST', `${CLIENT}/login`, { body: { type: 'm.login.password', user: localpart, password } })

  describe('one account', () => {
    test('is read with all its fields, its creation in seconds', async () => {
      const before = Math.floor(Date.now() / 1000) - 60
      const { status, body } = await call('GET', `${V2}/users/${bob.userId}`)
      expect(status).toBe(200)
      expect(body).toEqual({
        name: bob.userId,
        displayname: bob.localpart,
        avatar_url: null,
        threepids: [],
        external_ids: [],
        is_guest: false,
        admin: false,
        deactivated: false,
        erased: false,
        locked: false,
        suspended: false,
        shadow_banned: false,
        creation_ts: expect.any(Number),
        last_seen_ts: null,
        appservice_id: null,
        consent_server_notice_sent: null,
        consent_version: null,
        consent_ts: null,
        user_type: null,
      })
      expect(body.creation_ts).toBeGreaterThan(before)
      expect(body.creation_ts).toBeLessThan(before + 3600)
    })

    test('is made with 201 and changed with 200', async () => {
      const userId = `@made${count}:glia.test`
      const made = await call('PUT', `${V2}/users/${userId}`, {
        password: 'secret',
        displayname: ' Made ',
        avatar_url: 'mxc://glia.test/a',
        threepids: [{ medium: 'email', address: `Made${count}@Example.com` }],
        external_ids: [{ auth_provider: 'oidc-x', external_id: `made${count}` }],
        admin: true,
        user_type: 'bot',
        locked: true,
        deactivated: false,
      })
      expect(made.status).toBe(201)
      expect(made.body).toMatchObject({
        name: userId,
        displayname: 'Made',
        avatar_url: 'mxc://glia.test/a',
        threepids: [
          { medium: 'email', address: `made${count}@example.com`, added_at: expect.any(Number), validated_at: expect.any(Number) },
        ],
        external_ids: [{ auth_provider: 'oidc-x', external_id: `made${count}` }],
        admin: true,
        user_type: 'bot',
        // not looked at for a new account
        locked: false,
      })
      expect((await login(`made${count}@example.com`, 'secret')).status).toBe(403)
      const byAddress = await server.api('POST', `${CLIENT}/login`, {
        body: {
          type: 'm.login.password',
          identifier: { type: 'm.id.thirdparty', medium: 'email', address: `MADE${count}@example.com` },
          password: 'secret',
        },
      })
      expect(byAddress.body.user_id).toBe(userId)
      const changed = await call('PUT', `${V2}/users/${userId}`, {
        displayname: '',
        avatar_url: '',
        threepids: [],
        external_ids: [],
        user_type: null,
        admin: false,
      })
      expect(changed.status).toBe(200)
      expect(changed.body).toMatchObject({
        displayname: null,
        avatar_url: null,
        threepids: [],
        external_ids: [],
        user_type: null,
        admin: false,
      })
    })

    test('without a name given has its localpart as name, and unknown keys do not matter', async () => {
      const made = await call('PUT', `${V2}/users/@plain${count}:glia.test`, { name: 'x', creation_ts: 5, threepids: null, password: null })
      expect([made.status, made.body.displayname]).toEqual([201, `plain${count}`])
      expect((await login(`plain${count}`, '')).status).toBe(403)
    })

    test.each([
      [{ password: 7 }, 400, 'M_UNKNOWN', 'Invalid password'],
      [{ password: 'x'.repeat(513) }, 400, 'M_UNKNOWN', 'Invalid password'],
      [{ logout_devices: 'x' }, 400, 'M_UNKNOWN', "'logout_devices' parameter is not of type boolean"],
      [{ displayname: 7 }, 400, 'M_INVALID_PARAM', "'displayname' must be a string"],
      [{ displayname: null }, 400, 'M_INVALID_PARAM', "'displayname' must be a string"],
      [{ displayname: 'x'.repeat(257) }, 400, 'M_UNKNOWN', 'Displayname is too long (max 256)'],
      [{ avatar_url: 7 }, 400, 'M_INVALID_PARAM', "'avatar_url' must be a string"],
      [{ avatar_url: 'x'.repeat(1001) }, 400, 'M_UNKNOWN', 'Avatar URL is too long (max 1000)'],
      [{ admin: 'yes' }, 400, 'M_BAD_JSON', "Param 'admin' must be a boolean, if given"],
      [{ deactivated: 1 }, 400, 'M_UNKNOWN', "'deactivated' parameter is not of type boolean"],
      [{ locked: 'true' }, 400, 'M_UNKNOWN', "'locked' parameter is not of type boolean"],
      [{ deactivated: true, locked: true }, 400, 'M_UNKNOWN', "An user can't be deactivated and locked"],
      [{ user_type: 'duck' }, 400, 'M_UNKNOWN', 'Invalid user type'],
      [{ threepids: [{ medium: 'email' }] }, 400, 'M_MISSING_PARAM', "Missing params: ['address']"],
      [{ threepids: [{ medium: 'duck', address: 'x' }] }, 400, 'M_INVALID_PARAM', "'duck' is not a valid value for 'medium'"],
      [{ threepids: [{ medium: 'email', address: 'x' }] }, 400, 'M_UNKNOWN', 'Unable to parse email address'],
      [{ external_ids: [{}] }, 400, 'M_MISSING_PARAM', "Missing params: ['auth_provider', 'external_id']"],
    ])('refuses %j and changes nothing', async (body, status, errcode, error) => {
      const answer = await call('PUT', `${V2}/users/${bob.userId}`, { displayname: 'changed', user_type: 'bot', ...body })
      expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
      const { displayname, user_type } = (await call('GET', `${V2}/users/${bob.userId}`)).body
      expect([displayname, user_type]).toEqual([bob.localpart, null])
    })

    test('that belongs to somebody else at a provider: 409, and nothing of the request counts', async () => {
      const external_ids = [{ auth_provider: 'oidc-x', external_id: `taken${count}` }]
      await call('PUT', `${V2}/users/${admin.userId}`, { external_ids })
      const answer = await call('PUT', `${V2}/users/${bob.userId}`, { external_ids, displayname: 'changed', locked: true })
      expect([answer.status, answer.body]).toEqual([409, { errcode: 'M_UNKNOWN', error: 'External id is already in use.' }])
      expect((await call('GET', `${V2}/users/${bob.userId}`)).body).toMatchObject({ displayname: bob.localpart, locked: false })
      const made = await call('PUT', `${V2}/users/@unborn${count}:glia.test`, { external_ids })
      expect(made.status).toBe(409)
      expect((await call('GET', `${V2}/users/@unborn${count}:glia.test`)).status).toBe(404)
    })

    test.each([
      ['bob', 400, 'M_INVALID_PARAM', "Expected UserID string to start with '@'"],
      ['@bob', 400, 'M_INVALID_PARAM', "Expected UserID of the form '@localname:domain'"],
      ['@Bob:glia.test', 400, 'M_INVALID_USERNAME', "User ID can only contain characters a-z, 0-9, or '=_-./+'"],
      ['@123:glia.test', 400, 'M_INVALID_USERNAME', 'Numeric user IDs are reserved for guest users.'],
      ['@bob:other.test', 400, 'M_UNKNOWN', 'This endpoint can only be used with local users'],
    ])('cannot be made as %s', async (userId, status, errcode, error) => {
      const answer = await call('PUT', `${V2}/users/${userId}`, {})
      expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
    })

    test('that there is not: 404; of another server: 400', async () => {
      const unknown = await call('GET', `${V2}/users/@nobody:glia.test`)
      expect([unknown.status, unknown.body]).toEqual([404, { errcode: 'M_NOT_FOUND', error: 'User not found' }])
      const foreign = await call('GET', `${V2}/users/@bob:other.test`)
      expect([foreign.status, foreign.body]).toEqual([400, { errcode: 'M_UNKNOWN', error: 'Can only look up local users' }])
    })
  })

  describe('a password', () => {
    test('set with PUT ends the sessions of the user unless they are to stay', async () => {
      await call('PUT', `${V2}/users/${bob.userId}`, { password: 'one', logout_devices: false })
      expect((await whoami(bob.accessToken)).status).toBe(200)
      await call('PUT', `${V2}/users/${bob.userId}`, { password: 'two' })
      expect((await whoami(bob.accessToken)).body).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: false })
      expect((await call('GET', `${V2}/users/${bob.userId}/devices`)).body.total).toBe(0)
      expect([(await login(bob.localpart, 'one')).status, (await login(bob.localpart, 'two')).status]).toEqual([403, 200])
    })

    test('reset for somebody ends their sessions; for oneself all but the calling one', async () => {
      const path = `${V1}/reset_password/`
      expect((await call('POST', path + bob.userId, { new_password: 'new' })).body).toEqual({})
      expect((await whoami(bob.accessToken)).status).toBe(401)
      const second = await server.register(`second${count}`, { admin: true })
      const other = await login(second.localpart, second.password)
      await call('POST', path + second.userId, { new_password: 'new' }, second.accessToken)
      expect([(await whoami(second.accessToken)).status, (await whoami(other.body.access_token)).status]).toEqual([200, 401])
      const refusals = [
        await call('POST', `${path}@nobody:glia.test`, { new_password: 'x' }),
        await call('POST', path + bob.userId, {}),
        await call('POST', path + bob.userId, { new_password: 7 }),
      ]
      expect(refusals.map(({ status, body }) => [status, body.errcode])).toEqual([
        [404, 'M_NOT_FOUND'],
        [400, 'M_MISSING_PARAM'],
        [400, 'M_INVALID_PARAM'],
      ])
    })
  })

  test('a locked account is shut out with a soft logout, may log out, and works again when unlocked', async () => {
    const second = (await login(bob.localpart, bob.password)).body
    await call('PUT', `${V2}/users/${bob.userId}`, { locked: true })
    const shut = await whoami(bob.accessToken)
    expect([shut.status, shut.body]).toEqual([401, { errcode: 'M_USER_LOCKED', error: 'User account has been locked', soft_logout: true }])
    const refused = await login(bob.localpart, bob.password)
    expect([refused.status, refused.body.errcode, refused.body.soft_logout]).toEqual([401, 'M_USER_LOCKED', true])
    expect((await login(bob.localpart, 'wrong')).body.errcode).toBe('M_FORBIDDEN')
    expect((await server.api('POST', `${CLIENT}/logout`, { token: second.access_token })).status).toBe(200)
    await call('PUT', `${V2}/users/${bob.userId}`, { locked: false })
    expect([(await whoami(bob.accessToken)).status, (await whoami(second.access_token)).status]).toEqual([200, 401])
  })

  describe('deactivation', () => {
    test('takes password, sessions, devices and addresses; reactivation gives back the ability to log in', async () => {
      await call('PUT', `${V2}/users/${bob.userId}`, { threepids: [{ medium: 'msisdn', address: `44${count}` }] })
      const done = await call('POST', `${V1}/deactivate/${bob.userId}`)
      expect([done.status, done.body]).toEqual([200, { id_server_unbind_result: 'success' }])
      expect((await whoami(bob.accessToken)).body).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: false })
      expect((await login(bob.localpart, bob.password)).body.errcode).toBe('M_FORBIDDEN')
      expect((await call('GET', `${V2}/users/${bob.userId}/devices`)).body.total).toBe(0)
      const body = (await call('GET', `${V2}/users/${bob.userId}`)).body
      expect(body).toMatchObject({ deactivated: true, erased: false, displayname: bob.localpart, threepids: [] })
      const back = await call('PUT', `${V2}/users/${bob.userId}`, { deactivated: false, password: 'back' })
      expect(back.body).toMatchObject({ deactivated: false })
      expect((await login(bob.localpart, 'back')).status).toBe(200)
    })

    test('with erase takes the profile too, also later; reactivation clears the mark', async () => {
      await call('PUT', `${V2}/users/${bob.userId}`, { deactivated: true, password: 'ignored' })
      expect((await login(bob.localpart, 'ignored')).status).toBe(403)
      await call('POST', `${V1}/deactivate/${bob.userId}`, { erase: true })
      const path = `${V2}/users/${bob.userId}`
      expect((await call('GET', path)).body).toMatchObject({ deactivated: true, erased: true, displayname: null })
      expect((await call('PUT', path, { deactivated: false })).body).toMatchObject({ deactivated: false, erased: false })
    })

    test.each([
      ['@nobody:glia.test', {}, 404, 'M_NOT_FOUND', 'User not found'],
      ['@bob:other.test', {}, 400, 'M_UNKNOWN', 'Can only deactivate local users'],
      ['@bob0:glia.test', { erase: 'yes' }, 400, 'M_BAD_JSON', "Param 'erase' must be a boolean, if given"],
    ])('of %s with %j is refused', async (userId, body, status, errcode, error) => {
      const answer = await call('POST', `${V1}/deactivate/${userId}`, body)
      expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
    })
  })

  describe('the admin flag', () => {
    const path = (userId: string) => `${V1}/users/${userId}/admin`

    test('is asked, given and taken; it counts from the next request on', async () => {
      expect((await call('GET', path(bob.userId))).body).toEqual({ admin: false })
      expect((await call('GET', path('@nobody:glia.test'))).body).toEqual({ admin: false })
      expect((await call('GET', path(bob.userId), undefined, bob.accessToken)).body).toEqual({
        errcode: 'M_FORBIDDEN',
        error: 'You are not a server admin',
      })
      expect((await call('PUT', path(bob.userId), { admin: true })).body).toEqual({})
      expect((await call('GET', path(bob.userId), undefined, bob.accessToken)).body).toEqual({ admin: true })
      await call('PUT', path(bob.userId), { admin: false })
      expect((await call('GET', path(bob.userId), undefined, bob.accessToken)).status).toBe(403)
    })

    test('cannot be taken from oneself', async () => {
      const demote = { errcode: 'M_UNKNOWN', error: 'You may not demote yourself.' }
      expect((await call('PUT', path(admin.userId), { admin: false })).body).toEqual(demote)
      expect((await call('PUT', `${V2}/users/${admin.userId}`, { admin: false })).body).toEqual(demote)
      const refusals = [
        await call('PUT', path('@nobody:glia.test'), { admin: true }),
        await call('PUT', path('@bob:other.test'), { admin: true }),
        await call('PUT', path(bob.userId), {}),
      ]
      expect(refusals.map(({ status, body }) => [status, body.errcode])).toEqual([
        [404, 'M_NOT_FOUND'],
        [400, 'M_UNKNOWN'],
        [400, 'M_MISSING_PARAM'],
      ])
    })
  })

  describe('logging in as somebody', () => {
    const loginAs = (userId: string, body: unknown = {}) => call('POST', `${V1}/users/${userId}/login`, body)

    test('acts as the user without a device, survives their logout, and ends with its own', async () => {
      const { status, body } = await loginAs(bob.userId)
      expect([status, Object.keys(body)]).toEqual([200, ['access_token']])
      expect((await whoami(body.access_token)).body).toEqual({ user_id: bob.userId, is_guest: false })
      expect((await call('GET', `${V2}/users/${bob.userId}/devices`)).body.total).toBe(1)
      await server.api('POST', `${CLIENT}/logout/all`, { token: bob.accessToken })
      expect((await whoami(body.access_token)).status).toBe(200)
      await server.api('POST', `${CLIENT}/logout`, { token: body.access_token })
      expect((await whoami(body.access_token)).status).toBe(401)
    })

    test('until a given time, then with a soft logout', async () => {
      const { body } = await loginAs(bob.userId, { valid_until_ms: Date.now() - 1 })
      expect((await whoami(body.access_token)).body).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: true })
    })

    test.each([
      ['@nobody:glia.test', {}, 404, 'M_NOT_FOUND', 'User not found'],
      ['@bob:other.test', {}, 400, 'M_UNKNOWN', 'Only local users can be logged in as'],
      ['bob', {}, 400, 'M_UNKNOWN', 'Only local users can be logged in as'],
      ['@admin:glia.test', {}, 400, 'M_UNKNOWN', 'Cannot use admin API to login as self'],
      ['@bob0:glia.test', { valid_until_ms: 'x' }, 400, 'M_UNKNOWN', "'valid_until_ms' parameter must be an int"],
      ['@bob0:glia.test', { valid_until_ms: true }, 400, 'M_UNKNOWN', "'valid_until_ms' parameter must be an int"],
    ])('%s with %j is refused', async (userId, body, status, errcode, error) => {
      const answer = await loginAs(userId, body)
      expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
    })
  })

  describe('devices', () => {
    const path = (rest = '') => `${V2}/users/${bob.userId}/devices${rest}`

    test('are made, read, renamed and deleted with their sessions', async () => {
      expect((await call('POST', path(), { device_id: 'NEW' })).status).toBe(201)
      expect((await call('POST', path(), { device_id: 'NEW' })).status).toBe(201)
      expect((await call('GET', path('/NEW'))).body).toEqual({
        device_id: 'NEW',
        user_id: bob.userId,
        display_name: null,
        last_seen_ip: null,
        last_seen_user_agent: null,
        last_seen_ts: null,
      })
      expect((await call('PUT', path('/NEW'), { display_name: 'Name' })).body).toEqual({})
      expect((await call('PUT', path('/NEW'))).body).toEqual({})
      const list = (await call('GET', path())).body
      expect([list.total, list.devices.find((device: { device_id: string }) => device.device_id === 'NEW').display_name]).toEqual([
        2,
        'Name',
      ])
      expect((await call('DELETE', path(`/${bob.deviceId}`))).body).toEqual({})
      expect((await whoami(bob.accessToken)).status).toBe(401)
      expect((await call('DELETE', path('/UNKNOWN'))).status).toBe(200)
      expect((await call('POST', `${V2}/users/${bob.userId}/delete_devices`, { devices: ['NEW', 'UNKNOWN'] })).body).toEqual({})
      expect((await call('GET', path())).body).toEqual({ devices: [], total: 0 })
    })

    test('are refused in the words of Synapse', async () => {
      const nobody = `${V2}/users/@nobody:glia.test/devices`
      const foreign = `${V2}/users/@bob:other.test/devices`
      const refusals = [
        await call('GET', nobody),
        await call('GET', foreign),
        await call('POST', foreign, { device_id: 'x' }),
        await call('POST', path(), {}),
        await call('POST', path(), { device_id: 7 }),
        await call('GET', path('/NOPE')),
        await call('PUT', path('/NOPE'), { display_name: 'x' }),
        await call('PUT', path('/NOPE'), { display_name: 'x'.repeat(101) }),
        await call('POST', `${V2}/users/${bob.userId}/delete_devices`, {}),
      ]
      expect(refusals.map(({ status, body }) => [status, body.errcode, body.error])).toEqual([
        [404, 'M_NOT_FOUND', 'Unknown user'],
        [400, 'M_UNKNOWN', 'Can only lookup local users'],
        [400, 'M_UNKNOWN', 'Can only create devices for local users'],
        [400, 'M_UNKNOWN', 'Missing device_id'],
        [400, 'M_UNKNOWN', 'device_id must be a string'],
        [404, 'M_NOT_FOUND', 'Not found'],
        [404, 'M_NOT_FOUND', 'Not found'],
        [400, 'M_TOO_LARGE', 'Device display name is too long (max 100)'],
        [400, 'M_MISSING_PARAM', "Missing params: ['devices']"],
      ])
    })
  })

  test('whois tells where an account was used, to the user and to admins, under all its paths', async () => {
    const paths = [`${V1}/whois/`, ...['v3', 'r0', 'unstable', 'api/v1'].map((version) => `/_matrix/client/${version}/admin/whois/`)]
    await whoami(bob.accessToken)
    await expect
      .poll(async () => (await call('GET', paths[0] + bob.userId)).body.devices[''].sessions[0].connections, { timeout: 15_000 })
      .toHaveLength(1)
    for (const path of paths) {
      const { status, body } = await call('GET', path + bob.userId, undefined, bob.accessToken)
      expect(status).toBe(200)
      expect(body.user_id).toBe(bob.userId)
      expect(body.devices[''].sessions[0].connections).toEqual([
        { ip: '127.0.0.1', last_seen: expect.any(Number), user_agent: expect.any(String) },
      ])
    }
    const seen = (await call('GET', `${V2}/users/${bob.userId}`)).body.last_seen_ts
    expect(seen).toBe((await call('GET', paths[0] + bob.userId)).body.devices[''].sessions[0].connections[0].last_seen)
    const foreign = await call('GET', paths[0] + admin.userId, undefined, bob.accessToken)
    expect([foreign.status, foreign.body.error]).toEqual([403, 'You are not a server admin'])
    expect((await call('GET', `${paths[0]}@nobody:glia.test`)).body.devices[''].sessions[0].connections).toEqual([])
    expect((await call('GET', `${paths[0]}@bob:other.test`)).body.error).toBe('Can only whois a local user')
  })

  test('a name is checked as registration would', async () => {
    const ask = (name: string) => call('GET', `${V1}/username_available?username=${name}`)
    expect((await ask('free')).body).toEqual({ available: true })
    expect((await ask(bob.localpart)).body.errcode).toBe('M_USER_IN_USE')
    expect((await ask('Free')).body.errcode).toBe('M_INVALID_USERNAME')
    expect((await call('GET', `${V1}/username_available`)).body.errcode).toBe('M_MISSING_PARAM')
  })

  test('a new name or avatar reaches the rooms, and deactivation leaves them', async () => {
    const created = await call('POST', `${CLIENT}/createRoom`, { preset: 'private_chat', invite: [admin.userId] }, bob.accessToken)
    const roomId = created.body.room_id
    const member = async () =>
      (await server.api('GET', `${CLIENT}/rooms/${roomId}/state/m.room.member/${bob.userId}`, { token: admin.accessToken })).body
    await call('POST', `${CLIENT}/join/${roomId}`, {})
    expect((await call('GET', `${V1}/users/${bob.userId}/joined_rooms`)).body).toEqual({ joined_rooms: [roomId], total: 1 })
    await call('PUT', `${CLIENT}/profile/${bob.userId}/displayname`, { displayname: 'By bob' }, bob.accessToken)
    expect(await member()).toMatchObject({ membership: 'join', displayname: 'By bob' })
    await call('PUT', `${V2}/users/${bob.userId}`, { displayname: 'By admin', avatar_url: 'mxc://glia.test/a' })
    expect(await member()).toMatchObject({ membership: 'join', displayname: 'By admin', avatar_url: 'mxc://glia.test/a' })
    await call('POST', `${V1}/deactivate/${bob.userId}`, {})
    await expect.poll(async () => (await member()).membership).toBe('leave')
    expect((await call('GET', `${V1}/users/${bob.userId}/joined_rooms`)).body).toEqual({ joined_rooms: [], total: 0 })
  })

  test('rooms of somebody who is in none', async () => {
    for (const userId of [bob.userId, '@bob:other.test', 'nonsense']) {
      expect((await call('GET', `${V1}/users/${userId}/joined_rooms`)).body).toEqual({ joined_rooms: [], total: 0 })
    }
  })
})

onBothDatabases('the list of users', (dialect) => {
  let server: TestServer
  let admin: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect, config: { allow_guest_access: true } })
    admin = await server.register('admin', { admin: true })
    for (const [name, fields] of Object.entries({
      anna: { displayname: 'Zoe_1', user_type: 'bot' },
      bert: { displayname: 'yves%', avatar_url: 'mxc://a/b' },
      carl: { displayname: '' },
      dora: { displayname: 'Ärger', admin: true },
    })) {
      await put(name, fields)
    }
    await put('lock', {})
    await put('lock', { locked: true })
    await put('gone', {})
    await server.api('POST', '/_synapse/admin/v1/deactivate/@gone:glia.test', { token: admin.accessToken, body: {} })
    await server.api('POST', '/_matrix/client/v3/register?kind=guest', { body: {} })
  })
  afterAll(() => server.remove())

  const put = (name: string, body: unknown) =>
    server.api('PUT', `/_synapse/admin/v2/users/@${name}:glia.test`, { token: admin.accessToken, body })
  const list = async (query: string, version = 'v2') =>
    (await server.api('GET', `/_synapse/admin/${version}/users?${query}`, { token: admin.accessToken })).body
  const names = async (query: string, version?: string) => {
    const body = await list(query, version)
    if (query.includes('limit=') === false) expect(body.total).toBe(body.users.length)
    return body.users.map(({ name }: { name: string }) => name.slice(1, -':glia.test'.length))
  }

  test('shows active, unlocked accounts by name, with the fields of Synapse and creation in milliseconds', async () => {
    expect(await names('guests=false')).toEqual(['admin', 'anna', 'bert', 'carl', 'dora'])
    const body = await list('guests=false&name=anna')
    expect(body).toEqual({
      users: [
        {
          name: '@anna:glia.test',
          user_type: 'bot',
          is_guest: false,
          admin: false,
          deactivated: false,
          shadow_banned: false,
          displayname: 'Zoe_1',
          avatar_url: null,
          creation_ts: expect.any(Number),
          last_seen_ts: null,
          erased: false,
          locked: false,
          approved: true,
        },
      ],
      total: 1,
    })
    expect(body.users[0].creation_ts).toBeGreaterThan(1e12)
  })

  test.each([
    ['v2', 'guests=false&deactivated=true', ['admin', 'anna', 'bert', 'carl', 'dora', 'gone']],
    ['v3', 'guests=false', ['admin', 'anna', 'bert', 'carl', 'dora', 'gone']],
    ['v3', 'guests=false&deactivated=true', ['gone']],
    ['v3', 'guests=false&deactivated=false', ['admin', 'anna', 'bert', 'carl', 'dora']],
    ['v2', 'guests=false&locked=true', ['admin', 'anna', 'bert', 'carl', 'dora', 'lock']],
    ['v2', 'guests=false&admins=true', ['admin', 'dora']],
    ['v2', 'guests=false&admins=false', ['anna', 'bert', 'carl']],
    ['v2', 'guests=false&not_user_type=bot', ['admin', 'bert', 'carl', 'dora']],
    ['v2', 'guests=false&not_user_type=', ['anna']],
    ['v2', 'guests=false&not_user_type=&not_user_type=bot', []],
    ['v2', 'user_id=@AN', ['anna']],
    ['v2', 'user_id=glia.test&guests=false&limit=100', ['admin', 'anna', 'bert', 'carl', 'dora']],
    ['v2', 'name=zoe', ['anna']],
    ['v2', 'name=ert&user_id=nonsense', ['bert']],
    ['v2', 'name=%25', ['bert']],
    ['v2', 'name=_', ['anna']],
    ['v2', `name=${encodeURIComponent('Ärg')}`, ['dora']],
    ['v2', 'guests=false&dir=b', ['dora', 'carl', 'bert', 'anna', 'admin']],
    ['v2', 'guests=false&order_by=displayname', ['carl', 'anna', 'admin', 'bert', 'dora']],
    ['v2', 'guests=false&order_by=displayname&dir=b', ['dora', 'bert', 'admin', 'anna', 'carl']],
    ['v2', 'guests=false&order_by=creation_ts&dir=b', ['dora', 'carl', 'bert', 'anna', 'admin']],
    ['v2', 'guests=false&order_by=admin', ['anna', 'bert', 'carl', 'admin', 'dora']],
    ['v2', 'guests=false&order_by=admin&dir=b', ['admin', 'dora', 'anna', 'bert', 'carl']],
    ['v2', 'guests=false&order_by=user_type&dir=b', ['anna', 'admin', 'bert', 'carl', 'dora']],
    ['v2', 'guests=false&order_by=avatar_url&dir=b', ['bert', 'admin', 'anna', 'carl', 'dora']],
    ['v2', 'guests=false&locked=true&order_by=locked&dir=b', ['lock', 'admin', 'anna', 'bert', 'carl', 'dora']],
    ['v2', 'guests=false&order_by=shadow_banned', ['admin', 'anna', 'bert', 'carl', 'dora']],
    ['v3', 'guests=false&order_by=deactivated&dir=b', ['gone', 'admin', 'anna', 'bert', 'carl', 'dora']],
  ])('%s %s', async (version, query, expected) => {
    expect(await names(query, version)).toEqual(expected)
  })

  test('guests are shown unless they are not wanted', async () => {
    const all = (await list('')).users
    expect(all.filter(({ is_guest }: { is_guest: boolean }) => is_guest)).toHaveLength(1)
    expect((await list('order_by=is_guest&dir=b')).users[0].is_guest).toBe(true)
  })

  test.each(['name', 'displayname', 'creation_ts', 'admin', 'user_type', 'last_seen_ts'])(
    'pages by %s in both directions without losing or doubling anybody',
    async (order) => {
      for (const dir of ['f', 'b']) {
        const query = `guests=false&locked=true&order_by=${order}&dir=${dir}`
        const whole = (await list(query)).users.map(({ name }: { name: string }) => name)
        const paged: string[] = []
        let from: string | undefined = '0'
        while (from !== undefined) {
          const page: { users: { name: string }[]; next_token?: string; total: number } = await list(`${query}&limit=2&from=${from}`)
          expect(page.total).toBe(6)
          paged.push(...page.users.map(({ name }) => name))
          from = page.next_token
        }
        expect(paged).toEqual(whole)
      }
    },
  )

  test('an offset counts rows as they are now, also after somebody came in between', async () => {
    const second = async () => (await list('guests=false&limit=2&from=2')).users.map(({ name }: { name: string }) => name)
    await list('guests=false&limit=2')
    expect(await second()).toEqual(['@bert:glia.test', '@carl:glia.test'])
    await put('aaaa', {})
    expect(await second()).toEqual(['@anna:glia.test', '@bert:glia.test'])
    await put('aaaa', { locked: true })
    expect(await second()).toEqual(['@bert:glia.test', '@carl:glia.test'])
    await put('aaaa', { deactivated: true, locked: false })
  })

  test('a limit of 0 gives no rows, the total, and the same place again', async () => {
    expect(await list('guests=false&limit=0&from=1')).toEqual({ users: [], total: 5, next_token: '1' })
    expect(await list('guests=false&from=100')).toEqual({ users: [], total: 5 })
  })

  test.each([
    ['from=-1', 'Query parameter from must be a positive integer.'],
    ['limit=x', 'Query parameter limit must be an integer'],
    ['guests=1', "Boolean query parameter 'guests' must be one of ['true', 'false']"],
    ['dir=x', "Query parameter 'dir' must be one of ['b', 'f']"],
    [
      'order_by=x',
      "Query parameter 'order_by' must be one of ['name', 'displayname', 'is_guest', 'admin', 'deactivated', 'user_type', 'avatar_url', 'shadow_banned', 'creation_ts', 'last_seen_ts', 'locked']",
    ],
  ])('refuses %s', async (query, error) => {
    expect(await list(query)).toEqual({ errcode: 'M_INVALID_PARAM', error })
  })
})
