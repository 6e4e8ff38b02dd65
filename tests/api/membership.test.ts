import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('the membership API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let carol: TestUser
  let roomId: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
    carol = await server.register('carol')
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    roomId = (await server.api('POST', '/_matrix/client/v3/createRoom', { token: alice.accessToken, body: {} })).body.room_id
  })

  const post = (user: TestUser, path: string, body: unknown = {}) =>
    server.api('POST', `/_matrix/client/v3${path}`, { token: user.accessToken, body })
  const act = (user: TestUser, action: string, body: unknown = {}, room = roomId) =>
    post(user, `/rooms/${encodeURIComponent(room)}/${action}`, body)
  const setState = (type: string, content: object) =>
    server.api('PUT', `/_matrix/client/v3/rooms/${roomId}/state/${type}`, { token: alice.accessToken, body: content })
  const memberOf = async (user: TestUser) =>
    (await server.api('GET', `/_matrix/client/v3/rooms/${roomId}/state/m.room.member/${user.userId}`, { token: alice.accessToken })).body
  const joinedRooms = async (user: TestUser): Promise<string[]> =>
    (await server.api('GET', '/_matrix/client/v3/joined_rooms', { token: user.accessToken })).body.joined_rooms

  test('an invited user joins, leaves and forgets', async () => {
    expect(await act(alice, 'invite', { user_id: bob.userId, reason: 'come' })).toMatchObject({ status: 200, body: {} })
    expect(await memberOf(bob)).toEqual({ membership: 'invite', displayname: 'bob', reason: 'come' })
    expect(await post(bob, `/join/${encodeURIComponent(roomId)}`, { reason: null })).toMatchObject({
      status: 200,
      body: { room_id: roomId },
    })
    expect(await joinedRooms(bob)).toContain(roomId)
    expect(await act(bob, 'forget')).toMatchObject({ status: 400, body: { errcode: 'M_UNKNOWN' } })
    expect((await act(bob, 'leave', { reason: 'bye' })).body).toEqual({})
    expect(await memberOf(bob)).toEqual({ membership: 'leave', reason: 'bye' })
    expect(await joinedRooms(bob)).not.toContain(roomId)
    expect((await act(bob, 'forget')).body).toEqual({})
    const state = await server.api('GET', `/_matrix/client/v3/rooms/${roomId}/state`, { token: bob.accessToken })
    expect(state.status).toBe(403)
  })

  test('a body is optional where the specification says so', async () => {
    await setState('m.room.join_rules', { join_rule: 'public' })
    const bare = (path: string) => server.api('POST', `/_matrix/client/v3${path}`, { token: bob.accessToken })
    for (const path of [`/join/${roomId}`, `/rooms/${roomId}/join`, `/rooms/${roomId}/leave`, `/rooms/${roomId}/forget`]) {
      expect([path, (await bare(path)).status]).toEqual([path, 200])
    }
  })

  test('an alias leads into the room', async () => {
    await setState('m.room.join_rules', { join_rule: 'public' })
    const alias = `#way-in-${dialect}-${roomId.slice(1, 8).toLowerCase()}:glia.test`
    const path = `/_matrix/client/v3/directory/room/${encodeURIComponent(alias)}`
    await server.api('PUT', path, { token: alice.accessToken, body: { room_id: roomId } })
    expect((await post(bob, `/join/${encodeURIComponent(alias)}`)).body).toEqual({ room_id: roomId })
  })

  test.each<[string, (room: string) => Promise<unknown>, number, string, string]>([
    ['joining uninvited', (room) => act(carol, 'join', {}, room), 403, 'M_FORBIDDEN', 'You are not invited to this room.'],
    [
      'joining an unknown room',
      () => act(carol, 'join', {}, '!x:glia.test'),
      404,
      'M_UNKNOWN',
      "Can't join remote room because no servers",
    ],
    [
      'joining an unknown room of version 12',
      () => act(carol, 'join', {}, `!${'x'.repeat(43)}`),
      404,
      'M_UNKNOWN',
      "Can't join remote room",
    ],
    ['joining nonsense', () => post(carol, '/join/foo'), 400, 'M_UNKNOWN', 'foo was not legal room ID or room alias'],
    ['joining an unknown alias', () => post(carol, '/join/%23x:glia.test'), 404, 'M_NOT_FOUND', 'Room alias #x:glia.test not found'],
    ['leaving as a stranger', (room) => act(carol, 'leave', {}, room), 403, 'M_FORBIDDEN', `@carol:glia.test not in room`],
    ['leaving an unknown room', () => act(carol, 'leave', {}, '!x:glia.test'), 404, 'M_UNKNOWN', 'Not a known room'],
    [
      'inviting to an unknown room',
      () => act(carol, 'invite', { user_id: '@bob:glia.test' }, '!x:glia.test'),
      403,
      'M_FORBIDDEN',
      'Unknown room',
    ],
    ['inviting nobody', (room) => act(alice, 'invite', {}, room), 400, 'M_MISSING_PARAM', "Missing params: ['user_id']"],
    ['inviting what is no user', (room) => act(alice, 'invite', { user_id: 'bob' }, room), 400, 'M_INVALID_PARAM', 'Expected UserID'],
    ['inviting a number', (room) => act(alice, 'invite', { user_id: 5 }, room), 400, 'M_BAD_JSON', ''],
    [
      'kicking who is not there',
      (room) => act(alice, 'kick', { user_id: '@carol:glia.test' }, room),
      403,
      'M_FORBIDDEN',
      'not in the room',
    ],
    [
      'kicking in an unknown room',
      () => act(alice, 'kick', { user_id: '@bob:glia.test' }, '!x:glia.test'),
      404,
      'M_UNKNOWN',
      'Not a known room',
    ],
    ['banning as a stranger', (room) => act(carol, 'ban', { user_id: '@bob:glia.test' }, room), 403, 'M_FORBIDDEN', 'not in room'],
    ['knocking on a private room', (room) => post(carol, `/knock/${room}`), 403, 'M_FORBIDDEN', "You don't have permission to knock"],
    ['knocking on an unknown room', () => post(carol, '/knock/!x:glia.test'), 404, 'M_UNKNOWN', 'No known servers'],
  ])('%s is refused', async (_, action, status, errcode, error) => {
    expect(await action(roomId)).toMatchObject({ status, body: { errcode, error: expect.stringContaining(error) } })
  })

  test('bans hold against every way in', async () => {
    await setState('m.room.join_rules', { join_rule: 'public' })
    await act(alice, 'ban', { user_id: bob.userId, reason: 'spam' })
    const badState = { status: 403, body: { errcode: 'M_BAD_STATE' } }
    expect(await act(bob, 'join')).toMatchObject(badState)
    expect(await act(alice, 'invite', { user_id: bob.userId })).toMatchObject(badState)
    expect(await post(bob, `/knock/${roomId}`)).toMatchObject(badState)
    await act(alice, 'unban', { user_id: bob.userId })
    expect(await act(alice, 'unban', { user_id: bob.userId })).toMatchObject(badState)
    expect((await act(bob, 'join')).status).toBe(200)
  })

  test('a member event sent as state obeys the same rules', async () => {
    const member = (user: TestUser, target: string, body: object) =>
      server.api('PUT', `/_matrix/client/v3/rooms/${roomId}/state/m.room.member/${target}`, { token: user.accessToken, body })
    expect(await member(alice, bob.userId, { membership: 'invite', 'x.y': 1 })).toMatchObject({ status: 200 })
    expect(await memberOf(bob)).toEqual({ membership: 'invite', displayname: 'bob', 'x.y': 1 })
    expect(await member(alice, bob.userId, { membership: 'join' })).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    expect(await member(bob, bob.userId, { membership: 'join', displayname: 'Bobby' })).toMatchObject({ status: 200 })
    expect(await memberOf(bob)).toMatchObject({ membership: 'join', displayname: 'Bobby' })
    expect(await member(alice, bob.userId, { membership: 'cosy' })).toMatchObject({
      status: 400,
      body: { error: 'Invalid membership key' },
    })
    expect(await member(alice, bob.userId, {})).toMatchObject({ status: 400, body: { error: 'Invalid membership (must be a string)' } })
    expect(await member(alice, 'bob', { membership: 'invite' })).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    await member(alice, bob.userId, { membership: 'ban' })
    expect(await member(alice, bob.userId, { membership: 'leave' })).toMatchObject({ status: 200 })
    expect(await memberOf(bob)).toEqual({ membership: 'leave' })
  })

  test('a new display name shows in joined rooms', async () => {
    await act(alice, 'invite', { user_id: carol.userId })
    await act(carol, 'join')
    const path = `/_matrix/client/v3/profile/${carol.userId}/displayname`
    await server.api('PUT', path, { token: carol.accessToken, body: { displayname: 'Carola' } })
    expect(await memberOf(carol)).toMatchObject({ membership: 'join', displayname: 'Carola' })
  })

  test('who takes no invites is not invited', async () => {
    const path = `/_matrix/client/v3/user/${bob.userId}/account_data/m.invite_permission_config`
    const set = (body: object) => server.api('PUT', path, { token: bob.accessToken, body })
    await set({ default_action: 'block' })
    expect(await act(alice, 'invite', { user_id: bob.userId })).toMatchObject({ status: 403, body: { errcode: 'M_INVITE_BLOCKED' } })
    const create = await post(alice, '/createRoom', { invite: [bob.userId] })
    expect(create).toMatchObject({ status: 403, body: { errcode: 'M_INVITE_BLOCKED' } })
    await set({})
    expect((await act(alice, 'invite', { user_id: bob.userId })).status).toBe(200)
  })
})
