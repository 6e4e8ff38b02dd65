import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('what admins see and set of single users', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let transactions = 0

  beforeAll(async () => {
    const tight = { per_second: 0.001, burst_count: 2 }
    server = await startTestServer({
      dialect,
      config: { rc_message: tight, rc_room_creation: { per_second: 0.001, burst_count: 3 } },
    })
    admin = await server.register('admin', { admin: true })
  })
  afterAll(() => server.remove())

  const path = (user: string, what: string) => `/_synapse/admin/v1/users/${encodeURIComponent(user)}/${what}`
  const asAdmin = (method: string, user: string, what: string, body?: unknown) =>
    server.api(method, path(user, what), { token: admin.accessToken, ...(body === undefined ? {} : { body }) })
  const as = (token: string, method: string, where: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3${where}`, { token, ...(body === undefined ? {} : { body }) })
  const createRoom = async (token: string) => as(token, 'POST', '/createRoom', { preset: 'public_chat' })
  const send = async (token: string, roomId: string) =>
    (await as(token, 'PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${transactions++}`, { msgtype: 'm.text', body: 'x' }))
      .status
  const sendMany = async (token: string, roomId: string, times: number) => {
    const statuses: number[] = []
    for (let index = 0; index < times; index++) statuses.push(await send(token, roomId))
    return statuses
  }

  test('a rate limit of its own counts at once, for messages only', async () => {
    const user = await server.register('own')
    const roomId = (await createRoom(user.accessToken)).body.room_id
    expect((await asAdmin('GET', user.userId, 'override_ratelimit')).body).toEqual({})
    expect(await sendMany(user.accessToken, roomId, 3)).toEqual([200, 200, 429])
    const limit = { messages_per_second: 100_000, burst_count: 5 }
    expect((await asAdmin('POST', user.userId, 'override_ratelimit', limit)).body).toEqual(limit)
    expect((await asAdmin('GET', user.userId, 'override_ratelimit')).body).toEqual(limit)
    expect(await sendMany(user.accessToken, roomId, 4)).toEqual([200, 200, 200, 200])
    expect([(await createRoom(user.accessToken)).status, (await createRoom(user.accessToken)).status]).toEqual([200, 200])
    expect((await createRoom(user.accessToken)).status).toBe(429)
    expect((await asAdmin('DELETE', user.userId, 'override_ratelimit')).body).toEqual({})
    expect((await asAdmin('GET', user.userId, 'override_ratelimit')).body).toEqual({})
    expect(await sendMany(user.accessToken, roomId, 3)).toContain(429)
  })

  test('no messages a second, as with an empty body, means no limits at all, also over a restart', async () => {
    const user = await server.register('unlimited')
    const roomId = (await createRoom(user.accessToken)).body.room_id
    expect((await asAdmin('POST', user.userId, 'override_ratelimit')).body).toEqual({ messages_per_second: 0, burst_count: 0 })
    expect(await sendMany(user.accessToken, roomId, 5)).toEqual([200, 200, 200, 200, 200])
    for (let index = 0; index < 4; index++) expect((await createRoom(user.accessToken)).status).toBe(200)
    await server.restart()
    expect(await sendMany(user.accessToken, roomId, 5)).toEqual([200, 200, 200, 200, 200])
  })

  test('with a token of an admin who logged in as the user, the admin’s exemption counts', async () => {
    const user = await server.register('puppet')
    const roomId = (await createRoom(user.accessToken)).body.room_id
    const { body } = await asAdmin('POST', user.userId, 'login', {})
    expect(await sendMany(body.access_token, roomId, 3)).toEqual([200, 200, 429])
    await asAdmin('POST', admin.userId, 'override_ratelimit', {})
    expect(await sendMany(body.access_token, roomId, 3)).toEqual([200, 200, 200])
    expect(await send(user.accessToken, roomId)).toBe(429)
    await asAdmin('DELETE', admin.userId, 'override_ratelimit')
  })

  test.each([
    [{ messages_per_second: 'x' }, 'M_INVALID_PARAM'],
    [{ messages_per_second: -1 }, 'M_INVALID_PARAM'],
    [{ messages_per_second: 1.5 }, 'M_INVALID_PARAM'],
    [{ burst_count: true }, 'M_INVALID_PARAM'],
    [{ burst_count: null }, 'M_INVALID_PARAM'],
    [{ burst_count: 1e30 }, 'M_INVALID_PARAM'],
    [[], 'M_BAD_JSON'],
  ])('a limit of %j is refused', async (body, errcode) => {
    const answer = await asAdmin('POST', admin.userId, 'override_ratelimit', body)
    expect([answer.status, answer.body.errcode]).toEqual([400, errcode])
    expect((await asAdmin('GET', admin.userId, 'override_ratelimit')).body).toEqual({})
  })

  test('limits are those of local users that exist', async () => {
    expect((await asAdmin('GET', '@x:elsewhere', 'override_ratelimit')).body.error).toBe('Can only look up local users')
    expect((await asAdmin('POST', '@x:elsewhere', 'override_ratelimit', {})).body.error).toBe('Only local users can be ratelimited')
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect((await asAdmin(method, '@nobody:glia.test', 'override_ratelimit')).body).toEqual({
        errcode: 'M_NOT_FOUND',
        error: 'User not found',
      })
    }
  })

  test('invites and joined rooms are counted since a time', async () => {
    const host = await server.register('host')
    const guest = await server.register('guest')
    await asAdmin('POST', host.userId, 'override_ratelimit', {})
    const since = async (from: number) => [
      (await asAdmin('GET', host.userId, `sent_invite_count?from_ts=${from}`)).body,
      (await asAdmin('GET', guest.userId, `cumulative_joined_room_count?from_ts=${from}`)).body,
    ]
    const then = Date.now()
    const roomIds: string[] = []
    for (let index = 0; index < 3; index++) {
      const roomId = (await createRoom(host.accessToken)).body.room_id
      const room = `/rooms/${encodeURIComponent(roomId)}`
      await as(host.accessToken, 'POST', `${room}/invite`, { user_id: guest.userId })
      await as(guest.accessToken, 'POST', `/join/${encodeURIComponent(roomId)}`, {})
      roomIds.push(room)
    }
    await as(guest.accessToken, 'POST', `${roomIds[0]}/leave`, {})
    await as(host.accessToken, 'POST', `${roomIds[0]}/invite`, { user_id: guest.userId })
    await as(host.accessToken, 'POST', `${roomIds[1]}/kick`, { user_id: guest.userId })
    await as(guest.accessToken, 'PUT', `/profile/${encodeURIComponent(guest.userId)}/displayname`, { displayname: 'New' })
    expect(await since(0)).toEqual([{ invite_count: 4 }, { cumulative_joined_room_count: 3 }])
    expect(await since(then)).toEqual([{ invite_count: 4 }, { cumulative_joined_room_count: 3 }])
    expect(await since(Date.now() + 60_000)).toEqual([{ invite_count: 0 }, { cumulative_joined_room_count: 0 }])
    for (const what of ['sent_invite_count', 'cumulative_joined_room_count']) {
      expect((await asAdmin('GET', host.userId, what)).body.errcode).toBe('M_MISSING_PARAM')
      expect((await asAdmin('GET', host.userId, `${what}?from_ts=-1`)).body.errcode).toBe('M_INVALID_PARAM')
      expect((await asAdmin('GET', 'nonsense', `${what}?from_ts=0`)).status).toBe(200)
    }
  })

  test('account data is shown by type, and by room', async () => {
    const user = await server.register('keeper')
    const own = `/user/${encodeURIComponent(user.userId)}`
    await as(user.accessToken, 'PUT', `${own}/account_data/a.b`, { x: 1 })
    await as(user.accessToken, 'PUT', `${own}/rooms/${encodeURIComponent('!a:b')}/account_data/c.d`, { y: 2 })
    expect((await asAdmin('GET', user.userId, 'accountdata')).body).toEqual({
      account_data: { global: { 'a.b': { x: 1 } }, rooms: { '!a:b': { 'c.d': { y: 2 } } } },
    })
    expect((await asAdmin('GET', '@nobody:glia.test', 'accountdata')).status).toBe(404)
    expect((await asAdmin('GET', '@nobody:elsewhere', 'accountdata')).body.error).toBe('Can only look up local users')
    expect((await server.api('GET', path(user.userId, 'accountdata'), { token: user.accessToken })).status).toBe(403)
  })

  test('replacing cross-signing keys is allowed only to those who have some', async () => {
    const answer = await asAdmin('POST', admin.userId, '_allow_cross_signing_replacement_without_uia', {})
    expect([answer.status, answer.body]).toEqual([404, { errcode: 'M_NOT_FOUND', error: 'User has no master cross-signing key' }])

    const user = await server.register('crossed')
    const upload = async (name: string) => {
      const publicKey = name.repeat(43)
      const keys = { user_id: user.userId, usage: ['master'], keys: { [`ed25519:${publicKey}`]: publicKey } }
      return (await as(user.accessToken, 'POST', '/keys/device_signing/upload', { master_key: keys })).status
    }
    expect([await upload('A'), await upload('E')]).toEqual([200, 401])
    const before = Date.now()
    const { body } = await asAdmin('POST', user.userId, '_allow_cross_signing_replacement_without_uia')
    expect(body.updatable_without_uia_before_ms).toBeGreaterThanOrEqual(before + 600_000)
    expect([await upload('E'), await upload('I')]).toEqual([200, 401])
  })
})
