import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const PATH = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'

onBothDatabases('simplified sliding sync over HTTP', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let room: string
  let path: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
    room = await createRoom({ preset: 'public_chat', name: 'Tea' })
    path = pathOf(room)
    await server.api('POST', `${path}/join`, { token: bob.accessToken, body: {} })
  })
  afterAll(() => server.remove())

  const createRoom = async (body: object): Promise<string> =>
    (await server.api('POST', '/_matrix/client/v3/createRoom', { token: alice.accessToken, body })).body.room_id
  const pathOf = (roomId: string) => `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`
  let transactions = 0
  const send = (user: TestUser, body: string) =>
    server.api('PUT', `${path}/send/m.room.message/t${transactions++}`, { token: user.accessToken, body: { msgtype: 'm.text', body } })
  const sync = async (user: TestUser, body: object, query: Record<string, string> = {}) =>
    (await server.api('POST', `${PATH}?${new URLSearchParams(query)}`, { token: user.accessToken, body })).body
  const all = { ranges: [[0, 19]], timeline_limit: 2, required_state: [] as string[][] }
  const bodies = (answer: { rooms: Record<string, { timeline?: { content: { body?: string } }[] }> }) =>
    answer.rooms[room]?.timeline?.map(({ content }) => content.body)

  test('is advertised', async () => {
    const { body } = await server.api('GET', '/_matrix/client/versions')
    expect(body.unstable_features).toMatchObject({ 'org.matrix.simplified_msc3575': true })
  })

  test('a first answer, and a poll that a message ends', async () => {
    const required_state = [
      ['m.room.create', ''],
      ['m.room.member', '$ME'],
    ]
    const first = await sync(bob, { conn_id: 'first', lists: { all: { ...all, required_state } } })
    expect(first).toEqual({
      pos: expect.any(String),
      lists: { all: { count: 1, ops: [{ op: 'SYNC', range: [0, 19], room_ids: [room] }] } },
      rooms: {
        [room]: {
          initial: true,
          name: 'Tea',
          bump_stamp: expect.any(Number),
          joined_count: 2,
          invited_count: 0,
          notification_count: 0,
          highlight_count: 0,
          required_state: [expect.objectContaining({ type: 'm.room.create' }), expect.objectContaining({ state_key: bob.userId })],
          timeline: [expect.objectContaining({ type: 'm.room.name' }), expect.objectContaining({ type: 'm.room.member' })],
          limited: true,
          prev_batch: expect.any(String),
          num_live: 0,
        },
      },
      extensions: {},
    })
    const waiting = sync(bob, { conn_id: 'first', lists: { all } }, { pos: first.pos, timeout: '20000' })
    await send(alice, 'hello')
    const second = await waiting
    expect(bodies(second)).toEqual(['hello'])
    expect(second.rooms[room]).toMatchObject({ num_live: 1, notification_count: 1 })
    const older = await server.api('GET', `${path}/messages?dir=b&limit=1&from=${first.rooms[room].prev_batch}`, { token: bob.accessToken })
    expect(older.body.chunk[0].event_id).not.toBe(first.rooms[room].timeline[0].event_id)
  })

  test('all extensions', async () => {
    const own = { enabled: true }
    const extensions = { to_device: own, e2ee: own, account_data: own, receipts: own, typing: own }
    const eventId = (await send(alice, 'read me')).body.event_id
    const first = await sync(bob, { lists: { all }, extensions })
    expect(first.extensions).toEqual({
      to_device: { next_batch: expect.any(String), events: [] },
      e2ee: { device_one_time_keys_count: { signed_curve25519: 0 }, device_unused_fallback_key_types: [] },
      account_data: { global: [expect.objectContaining({ type: 'm.push_rules' })], rooms: {} },
      receipts: { rooms: {} },
      typing: { rooms: {} },
    })
    const poll = (pos: string, since?: string) =>
      sync(bob, { lists: { all }, extensions: { ...extensions, to_device: { enabled: true, since } } }, { pos, timeout: '20000' })
    const messages = { [bob.userId]: { [bob.deviceId]: { n: 1 } } }
    const told = poll(first.pos)
    await server.api('PUT', '/_matrix/client/v3/sendToDevice/m.x/1', { token: alice.accessToken, body: { messages } })
    const second = await told
    expect(second.extensions.to_device.events).toEqual([{ type: 'm.x', sender: alice.userId, content: { n: 1 } }])
    const typed = poll(second.pos, second.extensions.to_device.next_batch)
    await server.api('PUT', `${path}/typing/${alice.userId}`, { token: alice.accessToken, body: { typing: true, timeout: 20_000 } })
    const third = await typed
    expect(third.extensions.to_device.events).toEqual([])
    expect(third.extensions.typing.rooms).toEqual({ [room]: { type: 'm.typing', content: { user_ids: [alice.userId] } } })
    const read = poll(third.pos)
    await server.api('POST', `${path}/receipt/m.read/${eventId}`, { token: alice.accessToken, body: {} })
    const fourth = await read
    expect(fourth.extensions.receipts.rooms[room].content).toEqual({
      [eventId]: { 'm.read': { [alice.userId]: { ts: expect.any(Number) } } },
    })
    const changed = poll(fourth.pos)
    await server.api('PUT', `/_matrix/client/v3/user/${bob.userId}/account_data/m.x`, { token: bob.accessToken, body: { a: 1 } })
    const fifth = await changed
    expect(fifth.extensions.account_data).toEqual({ global: [{ type: 'm.x', content: { a: 1 } }], rooms: {} })
    const uploaded = poll(fifth.pos)
    await server.api('POST', '/_matrix/client/v3/keys/upload', {
      token: alice.accessToken,
      body: {
        device_keys: { user_id: alice.userId, device_id: alice.deviceId, algorithms: [], keys: {}, signatures: {} },
      },
    })
    expect((await uploaded).extensions.e2ee.device_lists).toEqual({ changed: [alice.userId], left: [] })
  })

  test('a restart does not end a connection; a logout does', async () => {
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'bob' }, password: bob.password, device_id: 'AGAIN' },
    })
    const session = { ...bob, accessToken: login.body.access_token as string }
    const { pos } = await sync(session, { lists: { all } })
    await server.restart()
    await send(alice, 'after the restart')
    const answer = await sync(session, { lists: { all } }, { pos })
    expect(bodies(answer)).toEqual(['after the restart'])
    expect(answer.rooms[room]).not.toHaveProperty('initial')
    await server.api('POST', '/_matrix/client/v3/logout', { token: session.accessToken, body: {} })
    const again = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'bob' }, password: bob.password, device_id: 'AGAIN' },
    })
    expect(await sync({ ...bob, accessToken: again.body.access_token }, { lists: { all } }, { pos: answer.pos })).toMatchObject({
      errcode: 'M_UNKNOWN_POS',
    })
  })

  test('a room that an admin deletes is told as left', async () => {
    const admin = await server.register('admin', { admin: true })
    const doomed = await createRoom({ preset: 'public_chat' })
    await server.api('POST', `${pathOf(doomed)}/join`, { token: bob.accessToken, body: {} })
    const lists = { all: { ...all, timeline_limit: 10, required_state: [['m.room.member', '$ME']] } }
    const first = await sync(bob, { lists })
    expect(first.rooms[doomed]).toMatchObject({ initial: true })
    const deletion = await server.api('DELETE', `/_synapse/admin/v2/rooms/${encodeURIComponent(doomed)}`, {
      token: admin.accessToken,
      body: {},
    })
    let status = ''
    while (status !== 'complete') {
      const { body } = await server.api('GET', `/_synapse/admin/v2/rooms/delete_status/${deletion.body.delete_id}`, {
        token: admin.accessToken,
      })
      status = body.status
    }
    const second = await sync(bob, { lists }, { pos: first.pos })
    const left = expect.objectContaining({ state_key: bob.userId, content: expect.objectContaining({ membership: 'leave' }) })
    expect(second.rooms[doomed]).toMatchObject({ timeline: [left], required_state: [left] })
    expect(second.lists.all.count).toBe(1)
    expect((await sync(bob, { lists }, { pos: second.pos })).rooms).toEqual({})
  })

  test.each([
    [{ lists: { a: { ranges: [[0, 1]], timeline_limit: 1 } } }, 'M_BAD_JSON'],
    [{ lists: { a: { ...all, ranges: [[0]] } } }, 'M_BAD_JSON'],
    [{ lists: { a: { ...all, ranges: [[-1, 0]] } } }, 'M_BAD_JSON'],
    [{ lists: { a: { ...all, timeline_limit: 1001 } } }, 'M_BAD_JSON'],
    [{ lists: { a: { ...all, timeline_limit: '1' } } }, 'M_BAD_JSON'],
    [{ lists: { a: { ...all, required_state: [['m.room.name']] } } }, 'M_BAD_JSON'],
    [{ lists: { a: { ...all, filters: { is_dm: 'yes' } } } }, 'M_BAD_JSON'],
    [{ lists: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [n, all])) }, 'M_INVALID_PARAM'],
    [{ room_subscriptions: { '!x:y': { timeline_limit: 1 } } }, 'M_BAD_JSON'],
    [{ conn_id: 3 }, 'M_BAD_JSON'],
    [{ conn_id: 'x'.repeat(1000) }, 'M_INVALID_PARAM'],
    [{ conn_id: '\0' }, 'M_INVALID_PARAM'],
    [{ extensions: { to_device: { enabled: 'yes' } } }, 'M_BAD_JSON'],
    [{ extensions: { to_device: { enabled: true, since: 'x' } } }, 'M_INVALID_PARAM'],
  ])('%j is refused', async (body, errcode) => {
    expect(await sync(bob, body)).toMatchObject({ errcode })
  })

  test.each([
    [{ pos: 'nonsense' }, 'M_UNKNOWN_POS'],
    [{ timeout: '-1' }, 'M_INVALID_PARAM'],
    [{ timeout: 'soon' }, 'M_INVALID_PARAM'],
  ])('%j is refused', async (query, errcode) => {
    expect(await sync(bob, {}, query as unknown as Record<string, string>)).toMatchObject({ errcode })
  })

  test.each([
    {},
    { lists: null, room_subscriptions: null, extensions: null, conn_id: null },
    { lists: { a: { ...all, filters: null, ranges: null, sort: ['by_recency'] } }, unsubscribe_rooms: ['!x:y'] },
    { lists: { a: { ...all, ranges: [[5, 2]], timeline_limit: -1, filters: { spaces: [], room_types: [null] } } } },
    { room_subscriptions: { 'no room': all, '!\0': all } },
    {
      lists: {
        a: {
          ...all,
          required_state: [
            ['m.room.member', '@\0:x'],
            ['\0', '\0'],
            ['m.room.member', '\ud800'],
            ['*', 'x'.repeat(100_000)],
          ],
        },
      },
    },
    { extensions: { to_device: { enabled: true, since: '-1', limit: 0 }, unknown: { enabled: true }, typing: { enabled: null } } },
  ])('%j is taken', async (body) => {
    expect(await sync(bob, body)).toMatchObject({ pos: expect.any(String), rooms: {}, extensions: {} })
  })

  test('stopping the server answers those who wait', async () => {
    const { pos } = await sync(bob, { lists: { all } })
    const waiting = sync(bob, { lists: { all } }, { pos, timeout: '60000' })
    // answered after the poll came in
    await sync(alice, { lists: { all } })
    await server.restart()
    expect(await waiting).toMatchObject({ rooms: {} })
  })
})
