import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const CLIENT = '/_matrix/client/v3'

onBothDatabases('what admins do in rooms without being there', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let owner: TestUser
  let deputy: TestUser
  let bob: TestUser
  let roomId: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
    owner = await server.register('owner')
    deputy = await server.register('deputy')
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const call = (user: TestUser, method: string, path: string, body: unknown = {}) =>
    server.api(method, path, { token: user.accessToken, ...(method === 'GET' ? {} : { body }) })
  const act = (method: string, path: string, body?: unknown, room = roomId) =>
    call(admin, method, `/_glia/admin/v1/rooms/${encodeURIComponent(room)}/${path}`, body)
  const state = async (type: string, key = '') =>
    (await call(owner, 'GET', `${CLIENT}/rooms/${encodeURIComponent(roomId)}/state/${type}/${encodeURIComponent(key)}`)).body
  const membership = async (user: TestUser) =>
    (await call(admin, 'GET', `/_synapse/admin/v1/users/${user.userId}/memberships`)).body.memberships[roomId]

  /** A room of the owner with the deputy at 50, or at what is said, and bob. */
  const makeRoom = async (options: { version?: string; deputyLevel?: number } = {}) => {
    const { version = '11', deputyLevel = 50 } = options
    const users = version === '12' ? { [deputy.userId]: deputyLevel } : { [owner.userId]: 100, [deputy.userId]: deputyLevel }
    const { body } = await call(owner, 'POST', `${CLIENT}/createRoom`, {
      preset: 'public_chat',
      room_version: version,
      power_level_content_override: { users },
    })
    for (const user of [deputy, bob]) await call(user, 'POST', `${CLIENT}/join/${encodeURIComponent(body.room_id)}`)
    return body.room_id
  }
  beforeEach(async () => {
    roomId = await makeRoom()
  })

  test('kicks and bans in the name of the strongest member, and lifts the ban', async () => {
    expect(await act('POST', `members/${bob.userId}/kick`, { reason: 'spam' })).toMatchObject({
      status: 200,
      body: { event_id: expect.stringMatching(/^\$/), sender: owner.userId },
    })
    expect(await state('m.room.member', bob.userId)).toMatchObject({ membership: 'leave', reason: 'spam' })
    expect((await act('POST', `members/${bob.userId}/ban`)).status).toBe(200)
    expect((await call(bob, 'POST', `${CLIENT}/join/${encodeURIComponent(roomId)}`)).body.errcode).toBe('M_BAD_STATE')
    expect((await act('POST', `members/${bob.userId}/unban`)).status).toBe(200)
    expect((await call(bob, 'POST', `${CLIENT}/join/${encodeURIComponent(roomId)}`)).status).toBe(200)
  })

  test('makes an owner leave whom nobody is above', async () => {
    expect((await act('POST', `members/${owner.userId}/kick`, { reason: 'enough' })).body.sender).toBe(owner.userId)
    expect(await membership(owner)).toBe('leave')
  })

  test('bans an owner, who gives up the power first', async () => {
    expect((await act('POST', `members/${owner.userId}/ban`)).body.sender).toBe(deputy.userId)
    expect(await membership(owner)).toBe('ban')
    const levels = await call(deputy, 'GET', `${CLIENT}/rooms/${encodeURIComponent(roomId)}/state/m.room.power_levels/`)
    expect(levels.body.users[owner.userId]).toBe(0)
  })

  test('cannot ban an owner when nobody else may ban, and changes nothing then', async () => {
    roomId = await makeRoom({ deputyLevel: 0 })
    expect((await act('POST', `members/${owner.userId}/ban`)).body).toEqual({
      errcode: 'M_FORBIDDEN',
      error: 'No member of the room from this server has the power to do that',
    })
    expect((await state('m.room.power_levels')).users[owner.userId]).toBe(100)
  })

  test('cannot ban the creator of a room of version 12, who can be made to leave', async () => {
    roomId = await makeRoom({ version: '12' })
    expect((await act('POST', `members/${owner.userId}/ban`)).body.errcode).toBe('M_FORBIDDEN')
    expect((await act('POST', `members/${owner.userId}/kick`)).status).toBe(200)
    expect(await membership(owner)).toBe('leave')
  })

  test('gives power and takes it, also from the strongest', async () => {
    expect((await act('PUT', `members/${bob.userId}/power_level`, { power_level: 100 })).body.sender).toBe(owner.userId)
    expect((await act('PUT', `members/${bob.userId}/power_level`, { power_level: 0 })).body.sender).toBe(bob.userId)
    expect((await act('PUT', `members/${owner.userId}/power_level`, { power_level: 0 })).body.sender).toBe(owner.userId)
    expect((await state('m.room.power_levels')).users).toEqual({ [owner.userId]: 0, [deputy.userId]: 50, [bob.userId]: 0 })
    expect((await act('PUT', `members/${bob.userId}/power_level`, { power_level: 10 })).body.errcode).toBe('M_FORBIDDEN')
  })

  test('redacts an event, which is gone for the members', async () => {
    const path = `${CLIENT}/rooms/${encodeURIComponent(roomId)}`
    const sent = await call(bob, 'PUT', `${path}/send/m.room.message/t1`, { msgtype: 'm.text', body: 'rude' })
    expect((await act('POST', `redact/${encodeURIComponent(sent.body.event_id)}`, { reason: 'rude' })).body.sender).toBe(owner.userId)
    const seen = await call(deputy, 'GET', `${path}/event/${encodeURIComponent(sent.body.event_id)}`)
    expect(seen.body.content).toEqual({})
    expect(seen.body.unsigned.redacted_because).toMatchObject({ sender: owner.userId, content: { reason: 'rude' } })
    expect((await act('POST', 'redact/$nothing')).body.errcode).toBe('M_NOT_FOUND')
  })

  test('sets name and join rule, with the checks that members have', async () => {
    expect((await act('PUT', 'state/m.room.name', { content: { name: 'Calm' } })).body.sender).toBe(owner.userId)
    expect((await act('PUT', 'state/m.room.join_rules/', { content: { join_rule: 'invite' } })).status).toBe(200)
    expect(await state('m.room.name')).toEqual({ name: 'Calm' })
    expect(await state('m.room.join_rules')).toEqual({ join_rule: 'invite' })
    expect((await act('PUT', 'state/m.room.name', { content: { name: 5 } })).status).toBe(400)
    expect((await act('PUT', 'state/m.room.canonical_alias', { content: { alias: '#none:glia.test' } })).status).toBe(400)
  })

  test.each(['m.room.create', 'm.room.power_levels', 'm.room.member'])('does not set %s as state', async (type) => {
    expect((await act('PUT', `state/${type}`, { content: {} })).body.errcode).toBe('M_INVALID_PARAM')
  })

  test('upgrades a room', async () => {
    const { body } = await act('POST', 'upgrade', { new_version: '12' })
    expect(body).toEqual({ replacement_room: expect.stringMatching(/^!/), sender: owner.userId })
    expect((await state('m.room.tombstone')).replacement_room).toBe(body.replacement_room)
    expect((await act('POST', 'upgrade', { new_version: '99' })).body.errcode).toBe('M_UNSUPPORTED_ROOM_VERSION')
  })

  test.each([
    ['POST', 'members/@bob:glia.test/kick', {}],
    ['PUT', 'state/m.room.topic', { content: { topic: 'x' } }],
    ['POST', 'upgrade', { new_version: '11' }],
  ])('there is no room to %s %s', async (method, path, body) => {
    expect((await act(method, path, body, '!none:glia.test')).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'Room not found' })
    expect((await act(method, path, body, 'nonsense')).body.errcode).toBe('M_NOT_FOUND')
  })

  test('refuses what is no user', async () => {
    expect((await act('POST', 'members/bob/kick')).body.errcode).toBe('M_INVALID_PARAM')
    expect((await act('POST', 'members/@stranger:glia.test/kick')).body.errcode).toBe('M_FORBIDDEN')
    expect((await act('POST', `members/${bob.userId}/unban`)).body.errcode).toBe('M_BAD_STATE')
  })

  test('a moderator may moderate, and not hand out power', async () => {
    const mia = await server.register(`mia-${roomId.slice(1, 8).toLowerCase()}`)
    await call(admin, 'PUT', `/_glia/admin/v1/users/${mia.userId}/role`, { role: 'moderator' })
    const path = `/_glia/admin/v1/rooms/${encodeURIComponent(roomId)}/members/${bob.userId}`
    expect((await call(mia, 'PUT', `${path}/power_level`, { power_level: 100 })).body.errcode).toBe('M_FORBIDDEN')
    expect((await call(mia, 'POST', `${path}/kick`)).status).toBe(200)
    const { body } = await call(admin, 'GET', `/_glia/admin/v1/audit_log?operation=glia.room_actions.kick&limit=1`)
    expect(body.records[0]).toMatchObject({ actor: { user_id: mia.userId }, target: { kind: 'user', id: bob.userId } })
  })
})
