import { systemClock } from '@glia/platform'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const segment = encodeURIComponent

onBothDatabases('spaces', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let alice: TestUser
  let bob: TestUser
  let skippedMs = 0

  beforeAll(async () => {
    // time goes on from call to call, so that the limit on hierarchies is not met
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + skippedMs, after: systemClock.after.bind(systemClock) }
    server = await startTestServer({ dialect, clock })
    admin = await server.register('admin', { admin: true })
    alice = await server.register('alice')
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const as = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client${path}`, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  async function createRoom(name: string, body: object = {}): Promise<string> {
    const answer = await as(alice, 'POST', '/v3/createRoom', { name, preset: 'private_chat', ...body })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.room_id
  }
  const state = (type: string, content: object, stateKey = '') => ({ type, state_key: stateKey, content })
  const joinRule = (rule: string, allow: string[] = []) =>
    state('m.room.join_rules', {
      join_rule: rule,
      ...(allow.length > 0 ? { allow: allow.map((room_id) => ({ type: 'm.room_membership', room_id })) } : {}),
    })
  const child = (roomId: string, content: object = {}) => state('m.space.child', { via: ['glia.test'], ...content }, roomId)
  const createSpace = (name: string, initial_state: object[]) =>
    createRoom(name, { preset: 'public_chat', creation_content: { type: 'm.space' }, initial_state })
  const hierarchy = (user: TestUser, roomId: string, query = '') => {
    skippedMs += 1000
    return as(user, 'GET', `/v1/rooms/${segment(roomId)}/hierarchy${query}`)
  }
  const namesOf = (answer: { body: { rooms: { name: string }[] } }) => answer.body.rooms.map(({ name }) => name)

  const ids: Record<string, string> = {}
  beforeAll(async () => {
    ids.public = await createRoom('public', { preset: 'public_chat', topic: 'Topic', room_alias_name: 'public' })
    ids.private = await createRoom('private')
    ids.knock = await createRoom('knock', {
      initial_state: [joinRule('knock'), state('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' })],
    })
    ids.world = await createRoom('world', { initial_state: [state('m.room.history_visibility', { history_visibility: 'world_readable' })] })
    ids.club = await createRoom('club', { preset: 'public_chat' })
    ids.restricted = await createRoom('restricted', { room_version: '11', initial_state: [joinRule('restricted', [ids.club])] })
    ids.sub = await createSpace('sub', [child(ids.public, { order: '1' }), child(ids.world, { order: '2', suggested: true })])
    ids.root = await createSpace('root', [
      child(ids.private, { order: 'a' }),
      child(ids.sub, { order: 'b' }),
      child(ids.knock, { order: 'c' }),
      child(ids.restricted, { order: '\u0000' }),
      state('m.space.child', {}, '!removed:glia.test'),
      state('m.space.child', { via: [] }, ids.world),
    ])
    const addChild = async (space: string, roomId: string, content: object = {}) => {
      // a later time than that of the children before
      skippedMs += 10
      const path = `/v3/rooms/${segment(space)}/state/m.space.child/${segment(roomId)}`
      expect((await as(alice, 'PUT', path, { via: ['glia.test'], ...content })).status).toBe(200)
    }
    await addChild(ids.root, ids.public, { suggested: true })
    await addChild(ids.root, '!elsewhere:other.test')
    await addChild(ids.root, 'no room id')
    await addChild(ids.sub, ids.root)
  })

  describe('as a hierarchy', () => {
    test('come depth first, in their order, each room once', async () => {
      expect(namesOf(await hierarchy(alice, ids.root!))).toEqual(['root', 'private', 'sub', 'public', 'world', 'knock', 'restricted'])
    })

    test('show of each room what may be known, and the children of spaces', async () => {
      const { rooms } = (await hierarchy(alice, ids.root!)).body
      const [root, , sub] = rooms
      expect(root).toMatchObject({
        room_id: ids.root,
        room_type: 'm.space',
        join_rule: 'public',
        world_readable: false,
        guest_can_join: false,
      })
      expect(root.children_state.map(({ state_key }: { state_key: string }) => state_key)).toEqual([
        ids.private,
        ids.sub,
        ids.knock,
        ids.restricted,
        ids.public,
        '!elsewhere:other.test',
        'no room id',
      ])
      expect(sub.children_state[1]).toEqual({
        type: 'm.space.child',
        state_key: ids.world,
        sender: alice.userId,
        content: { via: ['glia.test'], order: '2', suggested: true },
        origin_server_ts: expect.any(Number),
      })
      const publicRoom = rooms.find(({ room_id }: { room_id: string }) => room_id === ids.public)
      expect(publicRoom).toEqual({
        room_id: ids.public,
        room_version: '11',
        name: 'public',
        topic: 'Topic',
        canonical_alias: '#public:glia.test',
        num_joined_members: 1,
        join_rule: 'public',
        world_readable: false,
        guest_can_join: false,
        children_state: [],
      })
      const restricted = rooms.find(({ room_id }: { room_id: string }) => room_id === ids.restricted)
      expect(restricted).toMatchObject({ join_rule: 'restricted', allowed_room_ids: [ids.club] })
    })

    test('leave out rooms that the user may not know', async () => {
      expect(namesOf(await hierarchy(bob, ids.root!))).toEqual(['root', 'sub', 'public', 'world', 'knock'])
      await as(bob, 'POST', `/v3/join/${segment(ids.club!)}`, {})
      expect(namesOf(await hierarchy(bob, ids.root!))).toContain('restricted')
      await as(alice, 'POST', `/v3/rooms/${segment(ids.private!)}/invite`, { user_id: bob.userId })
      expect(namesOf(await hierarchy(bob, ids.root!))).toContain('private')
      await as(bob, 'POST', `/v3/rooms/${segment(ids.private!)}/leave`, {})
      await as(bob, 'POST', `/v3/rooms/${segment(ids.club!)}/leave`, {})
      expect(namesOf(await hierarchy(bob, ids.root!))).toEqual(['root', 'sub', 'public', 'world', 'knock'])
    })

    test('leave out spaces that may not be known, with all below them', async () => {
      const hidden = await createRoom('hidden', { creation_content: { type: 'm.space' }, initial_state: [child(ids.public!)] })
      const outer = await createSpace('outer', [child(hidden)])
      expect(namesOf(await hierarchy(bob, outer))).toEqual(['outer'])
      expect(namesOf(await hierarchy(alice, outer))).toEqual(['outer', 'hidden', 'public'])
    })

    test('can be cut to suggested rooms and to a depth', async () => {
      const suggested = await hierarchy(alice, ids.root!, '?suggested_only=true')
      expect(namesOf(suggested)).toEqual(['root', 'public'])
      expect(suggested.body.rooms[0].children_state).toHaveLength(1)
      expect(namesOf(await hierarchy(alice, ids.root!, '?max_depth=0'))).toEqual(['root'])
      const near = await hierarchy(alice, ids.root!, '?max_depth=1')
      expect(namesOf(near)).toEqual(['root', 'private', 'sub', 'knock', 'restricted', 'public'])
      expect(near.body.rooms[2].children_state).toHaveLength(3)
    })

    test('come page by page, and pages together are the whole', async () => {
      const names: string[] = []
      let from = ''
      for (let pages = 0; pages < 10; pages++) {
        const page = await hierarchy(alice, ids.root!, `?limit=3${from}`)
        names.push(...namesOf(page))
        if (page.body.next_batch === undefined) break
        from = `&from=${page.body.next_batch}`
      }
      expect(names).toEqual(['root', 'private', 'sub', 'public', 'world', 'knock', 'restricted'])
      expect((await hierarchy(alice, ids.root!, '?limit=7')).body.next_batch).toBeUndefined()
      const none = await hierarchy(alice, ids.root!, '?limit=0')
      expect(none.body).toEqual({ rooms: [], next_batch: expect.any(String) })
      const change = await hierarchy(alice, ids.root!, `?max_depth=1&from=${none.body.next_batch}`)
      expect(change.body).toEqual({ errcode: 'M_INVALID_PARAM', error: 'Unknown pagination token' })
      expect((await hierarchy(alice, ids.sub!, `?from=${none.body.next_batch}`)).status).toBe(400)
      expect((await hierarchy(alice, ids.root!, '?from=nonsense')).status).toBe(400)
    })

    test('give at most 50 rooms a page', async () => {
      const rooms: string[] = []
      for (let index = 0; index < 55; index++) rooms.push(await createRoom(`room ${index}`))
      const large = await createSpace(
        'large',
        rooms.map((roomId, index) => child(roomId, { order: String.fromCharCode(32 + index) })),
      )
      const first = await hierarchy(alice, large, '?limit=1000')
      expect(first.body.rooms).toHaveLength(50)
      const second = await hierarchy(alice, large, `?limit=1000&from=${first.body.next_batch}`)
      expect(namesOf(second)).toEqual(['room 49', 'room 50', 'room 51', 'room 52', 'room 53', 'room 54'])
    })

    test('are refused where the space itself may not be known', async () => {
      for (const roomId of [ids.private!, '!unknown:glia.test', 'no room']) {
        expect((await hierarchy(bob, roomId)).body).toEqual({
          errcode: 'M_FORBIDDEN',
          error: `User ${bob.userId} not in room ${roomId}, and room previews are disabled`,
        })
      }
    })

    test('are also found where clients looked for them before', async () => {
      skippedMs += 1000
      const answer = await as(alice, 'GET', `/unstable/org.matrix.msc2946/rooms/${segment(ids.sub!)}/hierarchy`)
      expect(namesOf(answer)[0]).toBe('sub')
    })

    test('show admins every room that is here', async () => {
      const read = (roomId: string, query = '') => {
        skippedMs += 1000
        return server.api('GET', `/_synapse/admin/v1/rooms/${segment(roomId)}/hierarchy${query}`, { token: admin.accessToken })
      }
      expect(namesOf(await read(ids.root!))).toEqual(['root', 'private', 'sub', 'public', 'world', 'knock', 'restricted'])
      const page = await read(ids.root!, '?limit=2&max_depth=1')
      expect(namesOf(await read(ids.root!, `?limit=2&max_depth=1&from=${page.body.next_batch}`))).toEqual(['sub', 'knock'])
      expect((await read('!unknown:glia.test')).body.errcode).toBe('M_NOT_FOUND')
    })

    test('are limited', async () => {
      const statuses: number[] = []
      for (let index = 0; index < 40; index++) statuses.push((await as(bob, 'GET', `/v1/rooms/${segment(ids.sub!)}/hierarchy`)).status)
      expect(statuses).toContain(429)
    })
  })

  describe('and other rooms as summaries', () => {
    const summary = async (user: TestUser | undefined, room: string, path = `/v1/room_summary/${segment(room)}`) =>
      (await server.api('GET', `/_matrix/client${path}`, user ? { token: user.accessToken } : {})).body
    const publicSummary = () => ({
      room_id: ids.public,
      room_version: '11',
      name: 'public',
      topic: 'Topic',
      canonical_alias: '#public:glia.test',
      num_joined_members: 1,
      join_rule: 'public',
      world_readable: false,
      guest_can_join: false,
    })

    test('tell what the room is, and who asks what they are in it', async () => {
      expect(await summary(alice, ids.public!)).toEqual({ ...publicSummary(), membership: 'join' })
      expect(await summary(bob, '#public:glia.test')).toEqual({ ...publicSummary(), membership: 'leave' })
      expect(await summary(undefined, ids.public!)).toEqual(publicSummary())
      expect(await summary(bob, ids.sub!)).toMatchObject({ room_type: 'm.space' })
      expect(await summary(bob, ids.knock!)).toMatchObject({ join_rule: 'knock', encryption: 'm.megolm.v1.aes-sha2', guest_can_join: true })
      expect(await summary(undefined, ids.world!)).toMatchObject({ world_readable: true })
    })

    test('are for those who may come in', async () => {
      const notFound = { errcode: 'M_NOT_FOUND', error: 'Room not found or is not accessible' }
      expect(await summary(bob, ids.restricted!)).toEqual(notFound)
      expect(await summary(alice, ids.private!)).toMatchObject({ membership: 'join' })
      const room = await createRoom('by invitation')
      expect(await summary(bob, room)).toEqual(notFound)
      expect(await summary(undefined, room)).toEqual(notFound)
      await as(alice, 'POST', `/v3/rooms/${segment(room)}/invite`, { user_id: bob.userId })
      expect(await summary(bob, room)).toMatchObject({ membership: 'invite' })
      await as(bob, 'POST', `/v3/join/${segment(ids.club!)}`, {})
      expect(await summary(bob, ids.restricted!)).toMatchObject({ allowed_room_ids: [ids.club], membership: 'leave' })
    })

    test('are found under the paths of older clients', async () => {
      expect(await summary(bob, '', `/unstable/im.nheko.summary/summary/${segment(ids.public!)}`)).toMatchObject(publicSummary())
      expect(await summary(bob, '', `/unstable/im.nheko.summary/rooms/${segment(ids.public!)}/summary`)).toMatchObject(publicSummary())
    })

    test('need a room', async () => {
      expect(await summary(bob, '!unknown:glia.test')).toMatchObject({ errcode: 'M_NOT_FOUND' })
      expect(await summary(bob, '#unknown:glia.test')).toMatchObject({ errcode: 'M_NOT_FOUND' })
      expect(await summary(bob, 'unknown')).toMatchObject({ errcode: 'M_UNKNOWN' })
    })

    test('are not given of rooms that nobody here is in', async () => {
      const room = await createRoom('empty', { preset: 'public_chat' })
      await as(alice, 'POST', `/v3/rooms/${segment(room)}/leave`, {})
      expect(await summary(bob, room)).toMatchObject({ errcode: 'M_NOT_FOUND' })
    })
  })
})
