import { rmSync } from 'node:fs'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scene, startScene } from '../support/scene.ts'
import { newDataDir, spawnServer } from '../support/spawn-server.ts'
import { callApi, registerBySharedSecret, sharedSecretOf, type TestServer, type TestUser } from '../support/start-server.ts'

const room = (roomId: string) => encodeURIComponent(roomId)

onBothDatabases('the admin API of rooms', (dialect) => {
  let server: TestServer
  let as: Scene['as']
  let asAdmin: Scene['asAdmin']
  let admin: TestUser
  let alice: TestUser
  let bob: TestUser

  beforeAll(async () => {
    ;({ server, admin, alice, bob, as, asAdmin } = await startScene({ dialect }))
  })
  afterAll(() => server.remove())

  async function createRoom(user: TestUser, body: object = {}): Promise<string> {
    const answer = await as(user, 'POST', '/createRoom', { preset: 'public_chat', ...body })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.room_id
  }
  const join = async (user: TestUser, roomId: string) => (await as(user, 'POST', `/join/${room(roomId)}`, {})).status
  async function untilDeleted(deleteId: string) {
    for (;;) {
      const { body } = await asAdmin('GET', `/v2/rooms/delete_status/${deleteId}`)
      if (body.status !== 'scheduled' && body.status !== 'active') return body
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  describe('the list', () => {
    const names = ['Beta', 'alpha', 'Beta', 'gamma', '', 'Beta', 'Äther']
    const ids: string[] = []
    beforeAll(async () => {
      for (const [index, name] of names.entries()) {
        const isPublic = index % 2 === 0
        const alias = index === 3 ? { room_alias_name: 'delta_100%' } : {}
        const version = index === 1 ? { room_version: '10' } : {}
        ids.push(await createRoom(alice, { ...(name ? { name } : {}), visibility: isPublic ? 'public' : 'private', ...alias, ...version }))
      }
      await join(bob, ids[0]!)
      await join(bob, ids[3]!)
      await as(alice, 'POST', `/rooms/${room(ids[5]!)}/leave`, {})
    })
    type Listed = { room_id: string; name: string | null; joined_members: number }
    const list = async (query: string) => (await asAdmin('GET', `/v1/rooms?${query}`)).body

    test('has every field', async () => {
      const { rooms } = await list(`search_term=${encodeURIComponent(ids[3]!)}`)
      expect(rooms).toEqual([
        {
          room_id: ids[3],
          name: 'gamma',
          canonical_alias: '#delta_100%:glia.test',
          joined_members: 2,
          joined_local_members: 2,
          version: expect.any(String),
          creator: alice.userId,
          encryption: null,
          federatable: true,
          public: false,
          join_rules: 'public',
          guest_access: null,
          history_visibility: 'shared',
          state_events: 8,
          room_type: null,
        },
      ])
    })

    test('is in order, ties by id in the same direction, and pages give the same', async () => {
      const orders = [
        'name',
        'alphabetical',
        'size',
        'canonical_alias',
        'joined_members',
        'joined_local_members',
        'version',
        'creator',
        'encryption',
        'federatable',
        'public',
        'join_rules',
        'guest_access',
        'history_visibility',
        'state_events',
      ]
      for (const order of orders) {
        const forwards = (await list(`order_by=${order}`)).rooms.map(({ room_id }: Listed) => room_id)
        const backwards = (await list(`order_by=${order}&dir=b`)).rooms.map(({ room_id }: Listed) => room_id)
        expect([order, backwards]).toEqual([order, [...forwards].reverse()])
        const pages: string[] = []
        for (let from: number | undefined = 0; from !== undefined; ) {
          const page = await list(`order_by=${order}&from=${from}&limit=2`)
          expect([page.offset, page.total_rooms, page.prev_batch]).toEqual([from, ids.length, from === 0 ? undefined : from - 2])
          pages.push(...page.rooms.map(({ room_id }: Listed) => room_id))
          from = page.next_batch
        }
        expect([order, pages]).toEqual([order, forwards])
      }
      const named = (await list('order_by=name')).rooms
      expect(named.map(({ name }: Listed) => name)).toEqual([null, 'Beta', 'Beta', 'Beta', 'alpha', 'gamma', 'Äther'])
      const betas = named.filter(({ name }: Listed) => name === 'Beta').map(({ room_id }: Listed) => room_id)
      expect(betas).toEqual([...betas].sort())
      const sizes = (await list('order_by=joined_members')).rooms
      expect(sizes.map(({ joined_members }: Listed) => joined_members)).toEqual([2, 2, 1, 1, 1, 1, 0])
      expect(sizes[0].room_id > sizes[1].room_id).toBe(true)
    })

    test('jumps to any offset', async () => {
      const all = (await list('order_by=creator')).rooms
      expect((await list('order_by=creator&from=4&limit=2')).rooms).toEqual(all.slice(4, 6))
      expect(await list('limit=0')).toEqual({ rooms: [], offset: 0, total_rooms: 7, next_batch: 0 })
      expect(await list('from=50&limit=10')).toEqual({ rooms: [], offset: 50, total_rooms: 7, prev_batch: 40 })
    })

    test('finds by part of the name or alias without case, and by the whole id', async () => {
      const found = async (term: string) =>
        (await list(`search_term=${encodeURIComponent(term)}`)).rooms.map(({ room_id }: Listed) => room_id)
      expect((await found('bETa')).sort()).toEqual([ids[0], ids[2], ids[5]].sort())
      expect(await found('Äth')).toEqual([ids[6]])
      expect(await found('DELTA_100%')).toEqual([ids[3]])
      expect(await found('a_1')).toEqual([ids[3]])
      // neither a wildcard nor the server's name
      for (const term of ['%', '_a', 'glia.test', ids[0]!.slice(0, -1), ids[0]!.toUpperCase()]) {
        expect([term, await found(term)]).toEqual([term, term === '%' ? [ids[3]] : []])
      }
    })

    test('is narrowed to public, unlisted, empty and inhabited rooms, together with a search', async () => {
      const count = async (query: string) => (await list(query)).total_rooms
      expect([await count('public_rooms=true'), await count('public_rooms=false')]).toEqual([4, 3])
      expect([await count('empty_rooms=true'), await count('empty_rooms=false')]).toEqual([1, 6])
      expect(await count('search_term=beta&empty_rooms=true')).toBe(1)
      expect(await count('search_term=beta&public_rooms=true')).toBe(2)
    })

    test.each([
      ['search_term=', 'search_term cannot be an empty string'],
      ['public_rooms=1', "Boolean query parameter 'public_rooms' must be one of ['true', 'false']"],
      ['dir=up', "Query parameter 'dir' must be one of ['b', 'f']"],
      ['from=-1', 'Query parameter from must be a positive integer.'],
      ['limit=x', 'Query parameter limit must be an integer'],
      ['order_by=topic', expect.stringContaining("Query parameter 'order_by' must be one of ['alphabetical', 'size', ")],
    ])('refuses %s', async (query, error) => {
      expect(await list(query)).toEqual({ errcode: 'M_INVALID_PARAM', error })
    })
  })

  test('tells the details of a room', async () => {
    const roomId = await createRoom(alice, { name: 'Detailed', topic: 'A topic' })
    await join(bob, roomId)
    const { body } = await asAdmin('GET', `/v1/rooms/${room(roomId)}`)
    expect(body).toMatchObject({
      room_id: roomId,
      name: 'Detailed',
      topic: 'A topic',
      avatar: null,
      joined_members: 2,
      joined_local_devices: 2,
      forgotten: false,
      tombstoned: false,
      replacement_room: null,
    })
    await as(alice, 'POST', `/rooms/${room(roomId)}/upgrade`, { new_version: '11' })
    await as(alice, 'PUT', `/rooms/${room(roomId)}/state/m.room.tombstone`, { body: 'moved', replacement_room: '!new:glia.test' })
    for (const user of [alice, bob]) {
      await as(user, 'POST', `/rooms/${room(roomId)}/leave`, {})
      await as(user, 'POST', `/rooms/${room(roomId)}/forget`, {})
    }
    expect((await asAdmin('GET', `/v1/rooms/${room(roomId)}`)).body).toMatchObject({
      joined_members: 0,
      joined_local_devices: 0,
      forgotten: true,
      tombstoned: true,
      replacement_room: expect.any(String),
    })
  })

  test('lists members and state', async () => {
    const roomId = await createRoom(alice, { name: 'Stately', invite: [admin.userId] })
    await join(bob, roomId)
    expect((await asAdmin('GET', `/v1/rooms/${room(roomId)}/members`)).body).toEqual({ members: [alice.userId, bob.userId], total: 2 })
    const { state } = (await asAdmin('GET', `/v1/rooms/${room(roomId)}/state`)).body
    expect(state.map(({ type }: { type: string }) => type).sort()).toEqual([
      'm.room.create',
      'm.room.history_visibility',
      'm.room.join_rules',
      'm.room.member',
      'm.room.member',
      'm.room.member',
      'm.room.name',
      'm.room.power_levels',
    ])
    const named = (await asAdmin('GET', `/v1/rooms/${room(roomId)}/state?type=m.room.name`)).body.state
    expect(named).toEqual([
      {
        type: 'm.room.name',
        state_key: '',
        content: { name: 'Stately' },
        sender: alice.userId,
        room_id: roomId,
        event_id: expect.any(String),
        origin_server_ts: expect.any(Number),
        unsigned: { age: expect.any(Number) },
        age: expect.any(Number),
        user_id: alice.userId,
      },
    ])
    expect((await asAdmin('GET', `/v1/rooms/${room(roomId)}/state?type=none`)).body).toEqual({ state: [] })
  })

  test('does not know other rooms', async () => {
    for (const path of ['', '/members', '/state']) {
      const answer = await asAdmin('GET', `/v1/rooms/${room('!unknown:glia.test')}${path}`)
      expect([answer.status, answer.body]).toEqual([404, { errcode: 'M_NOT_FOUND', error: 'Room not found' }])
    }
  })

  test('blocks a room, also one it does not know, and lets it go', async () => {
    const roomId = await createRoom(alice)
    const path = `/v1/rooms/${room(roomId)}/block`
    expect((await asAdmin('GET', path)).body).toEqual({ block: false })
    expect((await asAdmin('PUT', path, { block: true })).body).toEqual({ block: true })
    expect((await asAdmin('GET', path)).body).toEqual({ block: true, user_id: admin.userId })
    const refused = await as(bob, 'POST', `/join/${room(roomId)}`, {})
    expect([refused.status, refused.body]).toEqual([403, { errcode: 'M_UNKNOWN', error: 'This room has been blocked on this server' }])
    expect((await asAdmin('PUT', path, { block: false })).body).toEqual({ block: false })
    expect(await join(bob, roomId)).toBe(200)
    expect((await asAdmin('PUT', `/v1/rooms/${room('!unknown:other.test')}/block`, { block: true })).status).toBe(200)
    expect((await asAdmin('GET', '/v1/rooms/nonsense/block')).body).toEqual({
      errcode: 'M_UNKNOWN',
      error: 'nonsense is not a legal room ID',
    })
    expect((await asAdmin('PUT', path, {})).body).toEqual({ errcode: 'M_MISSING_PARAM', error: "Missing params: ['block']" })
    expect((await asAdmin('PUT', path, { block: 'yes' })).body).toEqual({
      errcode: 'M_BAD_JSON',
      error: "Param 'block' must be a boolean.",
    })
  })

  describe('deletion', () => {
    test('version 1 answers when all is done', async () => {
      const roomId = await createRoom(alice)
      await join(bob, roomId)
      const answer = await asAdmin('DELETE', `/v1/rooms/${room(roomId)}`, {})
      expect([answer.status, answer.body]).toEqual([
        200,
        { kicked_users: [alice.userId, bob.userId], failed_to_kick_users: [], local_aliases: [], new_room_id: null },
      ])
      expect((await asAdmin('GET', `/v1/rooms/${room(roomId)}`)).status).toBe(404)
      expect((await as(alice, 'GET', '/joined_rooms')).body.joined_rooms).not.toContain(roomId)
    })

    test('version 2 goes on in the background and tells how far it is', async () => {
      const roomId = await createRoom(alice, { room_alias_name: `moving-${dialect}` })
      await join(bob, roomId)
      const { body } = await asAdmin('DELETE', `/v2/rooms/${room(roomId)}`, {
        new_room_user_id: admin.userId,
        room_name: 'The end',
        message: 'Closed.',
        block: true,
      })
      expect(body).toEqual({ delete_id: expect.stringMatching(/^[A-Za-z]{16}$/) })
      const status = await untilDeleted(body.delete_id)
      const alias = `#moving-${dialect}:glia.test`
      expect(status).toEqual({
        delete_id: body.delete_id,
        room_id: roomId,
        status: 'complete',
        shutdown_room: {
          kicked_users: [alice.userId, bob.userId],
          failed_to_kick_users: [],
          local_aliases: [alias],
          new_room_id: expect.stringMatching(/^!/),
        },
      })
      expect((await asAdmin('GET', `/v2/rooms/${room(roomId)}/delete_status`)).body).toEqual({ results: [status] })
      const newRoomId = status.shutdown_room.new_room_id
      expect((await asAdmin('GET', `/v1/rooms/${room(newRoomId)}`)).body).toMatchObject({ name: 'The end', joined_members: 3 })
      expect((await as(bob, 'GET', `/directory/room/${encodeURIComponent(alias)}`)).body.room_id).toBe(newRoomId)
      expect((await asAdmin('GET', `/v1/rooms/${room(roomId)}/block`)).body).toEqual({ block: true, user_id: admin.userId })
      const tasks = (await asAdmin('GET', `/v1/scheduled_tasks?resource_id=${room(roomId)}`)).body.scheduled_tasks
      expect(tasks).toEqual([
        {
          id: body.delete_id,
          action: 'shutdown_and_purge_room',
          status: 'complete',
          timestamp_ms: expect.any(Number),
          resource_id: roomId,
          result: expect.objectContaining(status.shutdown_room),
          error: null,
        },
      ])
    })

    test('tells members who sync, before and after', async () => {
      const roomId = await createRoom(alice)
      await join(bob, roomId)
      const sync = async (user: TestUser, query: string) => (await as(user, 'GET', `/sync?${query}`)).body
      const [forAlice, forBob] = [await sync(alice, ''), await sync(bob, '')]
      const waiting = sync(bob, `since=${forBob.next_batch}&timeout=20000`)
      const { body } = await asAdmin('DELETE', `/v2/rooms/${room(roomId)}`, {})
      expect(Object.keys((await waiting).rooms.leave)).toEqual([roomId])
      await untilDeleted(body.delete_id)
      const late = await sync(alice, `since=${forAlice.next_batch}`)
      expect(late.rooms.leave[roomId].timeline.events.at(-1)).toMatchObject({
        type: 'm.room.member',
        state_key: alice.userId,
        content: { membership: 'leave' },
      })
      expect((await sync(alice, `since=${late.next_batch}`)).rooms).toBeUndefined()
    })

    test('accepts a room that is not known, refuses what is no room, no body, wrong types and a second one', async () => {
      const unknown = `/v2/rooms/${room('!unknown:glia.test')}`
      expect((await asAdmin('GET', `${unknown}/delete_status`)).body).toEqual({
        errcode: 'M_NOT_FOUND',
        error: "No delete task for room_id '!unknown:glia.test' found",
      })
      const { delete_id: id } = (await asAdmin('DELETE', unknown, {})).body
      expect((await untilDeleted(id)).status).toBe('complete')
      expect((await asAdmin('DELETE', '/v2/rooms/nonsense', {})).body.error).toBe('nonsense is not a legal room ID')
      expect((await asAdmin('DELETE', unknown)).body.errcode).toBe('M_NOT_JSON')
      expect((await asAdmin('DELETE', unknown, { purge: 'yes' })).body).toEqual({
        errcode: 'M_BAD_JSON',
        error: "Param 'purge' must be a boolean, if given",
      })
      expect((await asAdmin('DELETE', unknown, { new_room_user_id: '@x:other.test' })).body).toEqual({
        errcode: 'M_UNKNOWN',
        error: 'User must be our own: @x:other.test',
      })
      expect((await asAdmin('GET', '/v2/rooms/delete_status/unknown')).body).toEqual({
        errcode: 'M_NOT_FOUND',
        error: "delete id 'unknown' not found",
      })
    })
  })

  describe('members', () => {
    test('makes a user admin of a room, and invites them', async () => {
      const roomId = await createRoom(alice, { preset: 'private_chat' })
      expect((await asAdmin('POST', `/v1/rooms/${room(roomId)}/make_room_admin`, { user_id: bob.userId })).body).toEqual({})
      const levels = (await as(alice, 'GET', `/rooms/${room(roomId)}/state/m.room.power_levels`)).body
      expect(levels.users[bob.userId]).toBe(100)
      expect(await join(bob, roomId)).toBe(200)
      await as(alice, 'POST', `/rooms/${room(roomId)}/leave`, {})
      await as(bob, 'POST', `/rooms/${room(roomId)}/leave`, {})
      expect((await asAdmin('POST', `/v1/rooms/${room(roomId)}/make_room_admin`)).body).toEqual({
        errcode: 'M_UNKNOWN',
        error: 'Server not in room',
      })
      expect((await asAdmin('POST', `/v1/rooms/${room('!unknown:glia.test')}/make_room_admin`, {})).body.error).toBe('Server not in room')
    })

    test('makes a user join', async () => {
      const roomId = await createRoom(alice, { room_alias_name: `joined-${dialect}` })
      const path = `/v1/join/${encodeURIComponent(`#joined-${dialect}:glia.test`)}`
      expect((await asAdmin('POST', path, { user_id: bob.userId })).body).toEqual({ room_id: roomId })
      expect((await asAdmin('GET', `/v1/rooms/${room(roomId)}/members`)).body.members).toContain(bob.userId)
      const closed = await createRoom(alice, { preset: 'private_chat' })
      expect((await asAdmin('POST', `/v1/join/${room(closed)}`, { user_id: bob.userId })).body.errcode).toBe('M_FORBIDDEN')
      const own = await createRoom(admin, { preset: 'private_chat' })
      expect((await asAdmin('POST', `/v1/join/${room(own)}`, { user_id: bob.userId })).body).toEqual({ room_id: own })
      const refusals: [string, unknown, number, string, string][] = [
        [room(own), {}, 400, 'M_MISSING_PARAM', "Missing params: ['user_id']"],
        [room(own), { user_id: 'bob' }, 400, 'M_INVALID_PARAM', "Expected UserID string to start with '@'"],
        [room(own), { user_id: '@bob:other.test' }, 400, 'M_UNKNOWN', 'This endpoint can only be used with local users'],
        [room(own), { user_id: '@nobody:glia.test' }, 404, 'M_NOT_FOUND', 'User not found'],
        ['nonsense', { user_id: bob.userId }, 400, 'M_UNKNOWN', 'nonsense was not legal room ID or room alias'],
      ]
      for (const [target, body, status, errcode, error] of refusals) {
        const answer = await asAdmin('POST', `/v1/join/${target}`, body)
        expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
      }
    })
  })

  test('lists and quarantines the media of a room', async () => {
    const roomId = await createRoom(alice)
    const upload = async (content: string) =>
      (await server.api('POST', '/_matrix/media/v3/upload', { token: alice.accessToken, raw: content })).body.content_uri as string
    const [picture, thumbnail] = [await upload(`picture ${dialect}`), await upload(`thumbnail ${dialect}`)]
    const remote = 'mxc://other.test/abc'
    const send = (type: string, content: object) => as(alice, 'PUT', `/rooms/${room(roomId)}/send/${type}/${Math.random()}`, content)
    await send('m.room.message', { msgtype: 'm.image', body: 'x', url: picture, info: { thumbnail_url: thumbnail } })
    await send('m.room.message', { msgtype: 'm.image', body: 'x', url: remote })
    expect((await asAdmin('GET', `/v1/room/${room(roomId)}/media`)).body).toEqual({ local: [picture, thumbnail], remote: [remote] })
    expect((await asAdmin('POST', `/v1/room/${room(roomId)}/media/quarantine`, {})).body).toEqual({ num_quarantined: 2 })
    expect((await asAdmin('POST', `/v1/quarantine_media/${room(roomId)}`)).body).toEqual({ num_quarantined: 2 })
    const path = `/_matrix/client/v1/media/download/${picture.slice('mxc://'.length)}`
    expect((await server.api('GET', path, { token: bob.accessToken })).status).toBe(404)
    expect((await asAdmin('GET', `/v1/room/${room('!unknown:glia.test')}/media`)).body).toEqual({ local: [], remote: [] })
  })

  test('keeps to itself what non-admins ask', async () => {
    for (const [method, path] of [
      ['GET', '/v1/rooms'],
      ['GET', '/v1/rooms/x'],
      ['DELETE', '/v2/rooms/x'],
      ['PUT', '/v1/rooms/x/block'],
      ['GET', '/v1/scheduled_tasks'],
    ] as const) {
      const answer = await server.api(method, `/_synapse/admin${path}`, {
        token: alice.accessToken,
        ...(method === 'GET' ? {} : { body: {} }),
      })
      expect([path, answer.status, answer.body.errcode]).toEqual([path, 403, 'M_FORBIDDEN'])
    }
  })
})

test('a deletion goes on after the server was killed in the middle of it', async () => {
  const dataDir = newDataDir()
  let server = await spawnServer({ dataDir })
  try {
    const api = (method: string, path: string, request?: Parameters<typeof callApi>[2]) => callApi(server.url + path, method, request)
    const secret = sharedSecretOf(dataDir)
    const register = (localpart: string, isAdmin = false) =>
      registerBySharedSecret({ api }, secret, { localpart, password: 'secret', admin: isAdmin })
    const admin = await register('admin', true)
    const members: TestUser[] = []
    for (let index = 0; index < 6; index++) members.push(await register(`member${index}`))
    const owner = members[0]!
    // many rows to purge
    const initialState = Array.from({ length: 4000 }, (_, index) => ({ type: 'm.test', state_key: `${index}`, content: { index } }))
    const { room_id: roomId } = (
      await api('POST', '/_matrix/client/v3/createRoom', {
        token: owner.accessToken,
        body: { preset: 'public_chat', initial_state: initialState },
      })
    ).body
    for (const member of members.slice(1))
      await api('POST', `/_matrix/client/v3/join/${room(roomId)}`, { token: member.accessToken, body: {} })
    const { next_batch: since } = (await api('GET', '/_matrix/client/v3/sync', { token: members[1]!.accessToken })).body
    const { delete_id: id } = (await api('DELETE', `/_synapse/admin/v2/rooms/${room(roomId)}`, { token: admin.accessToken, body: {} })).body
    const status = async () => (await api('GET', `/_synapse/admin/v2/rooms/delete_status/${id}`, { token: admin.accessToken })).body
    await expect.poll(async () => (await status()).shutdown_room?.kicked_users.length ?? 0, { interval: 1 }).toBe(6)
    const interrupted = await status()
    await server.end('SIGKILL')
    expect(interrupted.status).toBe('active')

    server = await spawnServer({ dataDir })
    await expect.poll(async () => (await status()).status, { timeout: 20_000 }).toBe('complete')
    expect((await status()).shutdown_room.kicked_users).toEqual(members.map(({ userId }) => userId))
    expect((await api('GET', `/_synapse/admin/v1/rooms/${room(roomId)}`, { token: admin.accessToken })).status).toBe(404)
    const answer = (await api('GET', `/_matrix/client/v3/sync?since=${since}`, { token: members[1]!.accessToken })).body
    expect(Object.keys(answer.rooms.leave)).toEqual([roomId])
  } finally {
    await server.end('SIGTERM')
    rmSync(dataDir, { recursive: true, force: true })
  }
}, 120_000)
