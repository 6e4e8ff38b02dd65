import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const segment = encodeURIComponent

interface RoomEvent {
  type: string
  state_key?: string
  event_id: string
  sender: string
  content: Record<string, unknown>
}

onBothDatabases('a room upgrade', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let carol: TestUser

  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
    carol = await server.register('carol')
  })
  afterAll(() => server.remove())

  const as = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3${path}`, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const room = (roomId: string, rest: string) => `/rooms/${segment(roomId)}${rest}`
  async function createRoom(user: TestUser, body: object = {}): Promise<string> {
    const answer = await as(user, 'POST', '/createRoom', { preset: 'public_chat', ...body })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.room_id
  }
  const join = (user: TestUser, roomId: string) => as(user, 'POST', `/join/${segment(roomId)}`, {})
  const upgrade = (user: TestUser, roomId: string, version: string, more: object = {}) =>
    as(user, 'POST', room(roomId, '/upgrade'), { new_version: version, ...more })
  async function upgraded(user: TestUser, roomId: string, version: string, more: object = {}): Promise<string> {
    const answer = await upgrade(user, roomId, version, more)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.replacement_room
  }
  const stateOf = async (user: TestUser, roomId: string): Promise<RoomEvent[]> => (await as(user, 'GET', room(roomId, '/state'))).body
  const contentOf = (state: RoomEvent[], type: string, key = '') =>
    state.find((event) => event.type === type && event.state_key === key)?.content
  const levelsOf = async (user: TestUser, roomId: string) => (await as(user, 'GET', room(roomId, '/state/m.room.power_levels'))).body

  const lookOf = (type: string, content: object, stateKey = '') => ({ type, state_key: stateKey, content })

  describe.each([
    ['10', '11'],
    ['11', '12'],
    ['12', '12'],
  ])('from version %s to %s', (from, to) => {
    let old: string
    let replacement: string
    let state: RoomEvent[]
    const alias = `#old-${from}-${to}:glia.test`

    beforeAll(async () => {
      old = await createRoom(alice, {
        room_version: from,
        name: 'Name',
        topic: 'Topic',
        visibility: 'public',
        room_alias_name: `old-${from}-${to}`,
        initial_state: [
          lookOf('m.room.avatar', { url: 'mxc://a/b' }),
          lookOf('m.room.guest_access', { guest_access: 'can_join' }),
          lookOf('m.room.history_visibility', { history_visibility: 'joined' }),
          lookOf('m.room.server_acl', { allow: ['*'] }),
          lookOf('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }),
          lookOf('m.space.child', { via: ['a'] }, '!child:glia.test'),
          lookOf('m.room.pinned_events', { pinned: ['$a'] }),
        ],
      })
      await join(bob, old)
      await as(alice, 'POST', room(old, '/ban'), { user_id: carol.userId, reason: 'no' })
      replacement = await upgraded(alice, old, to)
      state = await stateOf(alice, replacement)
    })

    test('names the old room in the new one, with its tombstone where the version allows', async () => {
      const tombstone = (await stateOf(alice, old)).find(({ type }) => type === 'm.room.tombstone')!
      expect(tombstone.content).toEqual({ body: 'This room has been replaced', replacement_room: replacement })
      const create = contentOf(state, 'm.room.create')!
      expect(create.room_version).toBe(to)
      expect(create.predecessor).toEqual(to === '12' ? { room_id: old } : { room_id: old, event_id: tombstone.event_id })
    })

    test('copies what the room was, and leaves the rest', async () => {
      expect(contentOf(state, 'm.room.name')).toEqual({ name: 'Name' })
      expect(contentOf(state, 'm.room.topic')).toMatchObject({ topic: 'Topic' })
      expect(contentOf(state, 'm.room.avatar')).toEqual({ url: 'mxc://a/b' })
      expect(contentOf(state, 'm.room.guest_access')).toEqual({ guest_access: 'can_join' })
      expect(contentOf(state, 'm.room.history_visibility')).toEqual({ history_visibility: 'joined' })
      expect(contentOf(state, 'm.room.join_rules')).toEqual({ join_rule: 'public' })
      expect(contentOf(state, 'm.room.server_acl')).toEqual({ allow: ['*'] })
      expect(contentOf(state, 'm.room.encryption')).toEqual({ algorithm: 'm.megolm.v1.aes-sha2' })
      const members = state.filter(({ type }) => type === 'm.room.member').map(({ state_key, content }) => [state_key, content.membership])
      expect(Object.fromEntries(members)).toEqual({ [alice.userId]: 'join', [carol.userId]: 'ban' })
      expect(contentOf(state, 'm.room.member', carol.userId)).toMatchObject({ reason: 'no' })
      // only spaces have children, and pins are of events that are not there
      expect(contentOf(state, 'm.space.child', '!child:glia.test')).toBeUndefined()
      expect(contentOf(state, 'm.room.pinned_events')).toBeUndefined()
    })

    test('keeps power levels; creators of version 12 are named nowhere', async () => {
      const { users, events } = await levelsOf(alice, replacement)
      expect(users).toEqual(to === '12' ? {} : { [alice.userId]: 100 })
      expect(events['m.room.tombstone']).toBe(from === '12' ? 150 : 100)
    })

    test('moves aliases, the canonical alias and the entry in the directory', async () => {
      expect((await as(bob, 'GET', `/directory/room/${segment(alias)}`)).body.room_id).toBe(replacement)
      expect(contentOf(state, 'm.room.canonical_alias')).toEqual({ alias })
      expect(contentOf(await stateOf(alice, old), 'm.room.canonical_alias')).toEqual({})
      expect((await as(bob, 'GET', `/directory/list/room/${segment(old)}`)).body).toEqual({ visibility: 'private' })
      expect((await as(bob, 'GET', `/directory/list/room/${segment(replacement)}`)).body).toEqual({ visibility: 'public' })
    })

    test('closes the old room', async () => {
      expect(await levelsOf(alice, old)).toMatchObject({ events_default: 50, invite: 50 })
      const sent = await as(bob, 'PUT', room(old, '/send/m.room.message/after'), { msgtype: 'm.text', body: 'anybody here?' })
      expect([sent.status, sent.body.errcode]).toEqual([403, 'M_FORBIDDEN'])
    })

    test('gives the same room when asked again', async () => {
      expect(await upgraded(alice, old, to)).toBe(replacement)
    })

    test('is followed by who joins, with tags, direct chats and push rules', async () => {
      const own = (path: string) => `/user/${segment(bob.userId)}${path}`
      await as(bob, 'PUT', own(`/rooms/${segment(old)}/tags/m.favourite`), { order: 0.5 })
      await as(bob, 'PUT', own('/account_data/m.direct'), { [alice.userId]: ['!x:glia.test', old] })
      await as(bob, 'PUT', `/pushrules/global/room/${segment(old)}`, { actions: ['notify'] })
      const mute = { conditions: [{ kind: 'event_match', key: 'room_id', pattern: old }], actions: [] }
      await as(bob, 'PUT', `/pushrules/global/override/${segment(old)}`, mute)
      await as(bob, 'PUT', `/pushrules/global/override/${segment(old)}/enabled`, { enabled: false })

      expect((await join(bob, replacement)).status).toBe(200)
      expect((await as(bob, 'GET', own(`/rooms/${segment(replacement)}/tags`))).body).toEqual({ tags: { 'm.favourite': { order: 0.5 } } })
      expect((await as(bob, 'GET', own('/account_data/m.direct'))).body).toEqual({ [alice.userId]: ['!x:glia.test', old, replacement] })
      expect((await as(bob, 'GET', `/pushrules/global/room/${segment(replacement)}`)).body).toMatchObject({
        actions: ['notify'],
        enabled: true,
      })
      expect((await as(bob, 'GET', `/pushrules/global/override/${segment(replacement)}`)).body).toMatchObject({
        conditions: [{ kind: 'event_match', key: 'room_id', pattern: replacement }],
        actions: [],
        enabled: false,
      })
    })

    test('keeps banned users out', async () => {
      expect((await join(carol, replacement)).status).toBe(403)
    })
  })

  test('of a space takes its children along, without those that were taken out', async () => {
    const child = (content: object, key: string) => ({ type: 'm.space.child', state_key: key, content })
    const space = await createRoom(alice, {
      room_version: '11',
      creation_content: { type: 'm.space', 'm.federate': false, 'org.example.own': 1 },
      initial_state: [child({ via: ['a'], order: 'x' }, '!kept:glia.test'), child({}, '!removed:glia.test')],
    })
    const state = await stateOf(alice, await upgraded(alice, space, '12'))
    const create = contentOf(state, 'm.room.create')
    expect(create).toEqual({ room_version: '12', type: 'm.space', 'm.federate': false, predecessor: { room_id: space } })
    expect(state.filter(({ type }) => type === 'm.space.child').map(({ state_key, content }) => [state_key, content])).toEqual([
      ['!kept:glia.test', { via: ['a'], order: 'x' }],
    ])
  })

  test('by somebody with little power fills the new room all the same, and leaves them no more than they had', async () => {
    const levels = {
      users: { [alice.userId]: 100, [bob.userId]: 50 },
      events: { 'm.room.tombstone': 50 },
      state_default: 90,
      events_default: 60,
    }
    const old = await createRoom(alice, { room_version: '10', name: 'Yard', power_level_content_override: levels })
    await join(bob, old)
    const replacement = await upgraded(bob, old, '11')
    expect(contentOf(await stateOf(bob, replacement), 'm.room.name')).toEqual({ name: 'Yard' })
    expect((await levelsOf(bob, replacement)).users).toEqual(levels.users)
    // bob may not change levels there
    expect((await levelsOf(bob, old)).events_default).toBe(60)
  })

  test('to version 12 can name more creators', async () => {
    const levels = { users: { [alice.userId]: 100, [bob.userId]: 75, [carol.userId]: 60 } }
    const old = await createRoom(alice, { room_version: '11', power_level_content_override: levels })
    const replacement = await upgraded(alice, old, '12', { additional_creators: [bob.userId] })
    expect(contentOf(await stateOf(alice, replacement), 'm.room.create')).toMatchObject({ additional_creators: [bob.userId] })
    expect((await levelsOf(alice, replacement)).users).toEqual({ [carol.userId]: 60 })
  })

  test('from version 12 to an older one leaves the creators their power', async () => {
    const replacement = await upgraded(alice, await createRoom(alice, { room_version: '12' }), '11')
    expect((await levelsOf(alice, replacement)).users).toEqual({ [alice.userId]: 150 })
    const renamed = await as(alice, 'PUT', room(replacement, '/state/m.room.power_levels'), await levelsOf(alice, replacement))
    expect(renamed.status).toBe(200)
  })

  test('turns the texts of old power levels into numbers', async () => {
    const levels = { users: { [alice.userId]: '100' }, state_default: '50', kick: '40' }
    const old = await createRoom(alice, { room_version: '9', power_level_content_override: levels })
    expect(await levelsOf(alice, await upgraded(alice, old, '11'))).toMatchObject({
      users: { [alice.userId]: 100 },
      state_default: 50,
      kick: 40,
    })
  })

  describe('is refused', () => {
    let roomId: string
    beforeAll(async () => {
      roomId = await createRoom(alice, { room_version: '11' })
      await join(bob, roomId)
    })
    const refusal = async (answer: ReturnType<typeof upgrade>) => {
      const { status, body } = await answer
      return [status, body.errcode]
    }

    test('without the power for a tombstone, and then nothing is made', async () => {
      expect(await refusal(upgrade(bob, roomId, '12'))).toEqual([403, 'M_FORBIDDEN'])
      expect(await refusal(upgrade(carol, roomId, '12'))).toEqual([403, 'M_FORBIDDEN'])
      expect((await as(bob, 'GET', '/joined_rooms')).body.joined_rooms).toContain(roomId)
      expect(contentOf(await stateOf(alice, roomId), 'm.room.tombstone')).toBeUndefined()
    })

    test('to versions that there are none of', async () => {
      expect(await refusal(upgrade(alice, roomId, '99'))).toEqual([400, 'M_UNSUPPORTED_ROOM_VERSION'])
      expect(await refusal(as(alice, 'POST', room(roomId, '/upgrade'), { new_version: 12 }))).toEqual([400, 'M_UNSUPPORTED_ROOM_VERSION'])
      expect(await refusal(as(alice, 'POST', room(roomId, '/upgrade'), {}))).toEqual([400, 'M_MISSING_PARAM'])
    })

    test('with creators that are no users', async () => {
      expect(await refusal(upgrade(alice, roomId, '12', { additional_creators: 'x' }))).toEqual([400, 'M_FORBIDDEN'])
      expect(await refusal(upgrade(alice, roomId, '12', { additional_creators: ['x'] }))).toEqual([400, 'M_FORBIDDEN'])
    })

    test('for rooms that there are none of', async () => {
      for (const unknown of ['!nowhere:glia.test', 'nowhere', '!a\0b:glia.test']) {
        expect((await refusal(upgrade(alice, unknown, '12')))[0]).toBeGreaterThanOrEqual(400)
      }
      expect(await refusal(upgrade(alice, '!nowhere:glia.test', '12'))).toEqual([404, 'M_NOT_FOUND'])
    })
  })

  test('happens once when asked for at the same time', async () => {
    const roomId = await createRoom(alice, { room_version: '11' })
    const rooms = await Promise.all([1, 2, 3].map(() => upgraded(alice, roomId, '12')))
    expect(new Set(rooms).size).toBe(1)
  })

  test('shows in the /sync of members of both rooms', async () => {
    const old = await createRoom(alice, { room_version: '11' })
    const { next_batch: since } = (await as(alice, 'GET', '/sync')).body
    const replacement = await upgraded(alice, old, '12')
    const { rooms } = (await as(alice, 'GET', `/sync?since=${since}`)).body
    const types = rooms.join[old].timeline.events.map(({ type }: RoomEvent) => type)
    expect(types).toEqual(['m.room.tombstone', 'm.room.power_levels'])
    expect(Object.keys(rooms.join)).toContain(replacement)
  })
})
