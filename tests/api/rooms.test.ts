import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

interface Told {
  type: string
  sender: string
  state_key?: string
  content: Record<string, unknown>
  event_id: string
  unsigned?: Record<string, unknown>
}

onBothDatabases('the rooms API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const create = (body: object, user = alice) => server.api('POST', '/_matrix/client/v3/createRoom', { token: user.accessToken, body })
  const inRoom = (roomId: string, rest: string) => `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}${rest}`
  const put = (roomId: string, rest: string, body: unknown, user = alice) =>
    server.api('PUT', inRoom(roomId, rest), { token: user.accessToken, body })
  const get = (roomId: string, rest: string, user = alice) => server.api('GET', inRoom(roomId, rest), { token: user.accessToken })
  const eventsOf = async (roomId: string): Promise<Told[]> => (await get(roomId, '/messages?dir=f&limit=100')).body.chunk
  const makeRoom = async (body: object = {}): Promise<string> => (await create(body)).body.room_id

  const baseEvents = { 'm.room.name': 50, 'm.room.power_levels': 100, 'm.room.history_visibility': 100, 'm.room.canonical_alias': 50 }
  const levels = (preset: string, version: string) => ({
    ...(preset === 'public_chat' ? { 'm.call.invite': 50 } : {}),
    users: version === '12' ? {} : { [alice.userId]: 100, ...(preset === 'trusted_private_chat' ? { [bob.userId]: 100 } : {}) },
    users_default: 0,
    events: {
      ...baseEvents,
      'm.room.avatar': 50,
      'm.room.tombstone': version === '12' ? 150 : 100,
      'm.room.server_acl': 100,
      'm.room.encryption': 100,
    },
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: preset === 'public_chat' ? 50 : 0,
    historical: 100,
  })

  describe.each(['10', '11', '12'])('a room of version %s', (version) => {
    test.each(['private_chat', 'trusted_private_chat', 'public_chat'])('starts, as %s, with what Synapse makes', async (preset) => {
      const alias = `${preset}${version}`
      const body = {
        preset,
        room_version: version,
        name: 'Name',
        topic: 'Topic',
        invite: [bob.userId],
        is_direct: true,
        room_alias_name: alias,
      }
      const { body: made } = await create(body)
      const creators = version === '12' && preset === 'trusted_private_chat' ? { additional_creators: [bob.userId] } : {}
      const events = (await eventsOf(made.room_id)).map(({ type, state_key, content }) => [type, state_key, content])
      expect(events).toEqual([
        ['m.room.create', '', { room_version: version, ...(version === '10' ? { creator: alice.userId } : {}), ...creators }],
        ['m.room.member', alice.userId, { membership: 'join', displayname: 'alice' }],
        ['m.room.power_levels', '', levels(preset, version)],
        ['m.room.canonical_alias', '', { alias: `#${alias}:glia.test` }],
        ['m.room.join_rules', '', { join_rule: preset === 'public_chat' ? 'public' : 'invite' }],
        ['m.room.history_visibility', '', { history_visibility: 'shared' }],
        ...(preset === 'public_chat' ? [] : [['m.room.guest_access', '', { guest_access: 'can_join' }]]),
        ['m.room.name', '', { name: 'Name' }],
        ['m.room.topic', '', { topic: 'Topic', 'm.topic': { 'm.text': [{ body: 'Topic' }] } }],
        ['m.room.member', bob.userId, { membership: 'invite', displayname: 'bob', is_direct: true }],
      ])
      expect(made.room_id).toMatch(version === '12' ? /^![A-Za-z0-9_-]{43}$/ : /^![A-Za-z]{18}:glia\.test$/)
    })
  })

  test('what the creator brings along replaces the defaults', async () => {
    const roomId = await makeRoom({
      initial_state: [
        { type: 'm.room.join_rules', content: { join_rule: 'knock' } },
        { type: 'm.x', state_key: 'key', content: { a: 1 } },
        { type: 'm.room.name', content: { name: 'first' } },
      ],
      name: 'second',
      creation_content: { type: 'm.space', room_version: 'nonsense' },
      power_level_content_override: { events: { 'm.x': 1 }, ban: 7 },
    })
    const events = await eventsOf(roomId)
    expect(events.map(({ type }) => type)).toEqual([
      'm.room.create',
      'm.room.member',
      'm.room.power_levels',
      'm.room.history_visibility',
      'm.room.guest_access',
      'm.room.join_rules',
      'm.x',
      'm.room.name',
      'm.room.name',
    ])
    expect(events[0]!.content).toEqual({ type: 'm.space', room_version: '11' })
    expect(events[2]!.content).toMatchObject({ events: { 'm.x': 1 }, ban: 7, kick: 50 })
    expect((await get(roomId, '/state/m.room.name')).body).toEqual({ name: 'second' })
  })

  test.each<[string, object, number, string]>([
    ['an unknown version', { room_version: '99' }, 400, 'M_UNSUPPORTED_ROOM_VERSION'],
    ['a version that is no text', { room_version: 9 }, 400, 'M_BAD_JSON'],
    ['an unknown preset', { preset: 'cosy' }, 400, 'M_BAD_JSON'],
    ['a preset that cannot be made a text', { preset: { toString: 1, valueOf: 1 } }, 400, 'M_BAD_JSON'],
    ['an alias with a space', { room_alias_name: 'a b' }, 400, 'M_UNKNOWN'],
    ['a whole alias', { room_alias_name: '#a:glia.test' }, 400, 'M_UNKNOWN'],
    ['an invite of nobody', { invite: ['nobody'] }, 400, 'M_UNKNOWN'],
    ['an invite of the creator', { invite: ['@alice:glia.test'] }, 403, 'M_FORBIDDEN'],
    ['an invite elsewhere', { invite: ['@x:elsewhere.test'] }, 403, 'M_FORBIDDEN'],
    ['an initial state without content', { initial_state: [{ type: 'm.x' }] }, 400, 'M_BAD_JSON'],
    ['a second create event', { initial_state: [{ type: 'm.room.create', content: {} }] }, 403, 'M_FORBIDDEN'],
    ['a name that is no text', { name: 5 }, 400, 'M_UNKNOWN'],
    ['levels without the creator', { power_level_content_override: { users: { '@x:y': 1 } } }, 400, 'M_UNKNOWN'],
    ['levels that are text', { power_level_content_override: { ban: '50' } }, 400, 'M_BAD_JSON'],
    ['levels for a creator', { room_version: '12', power_level_content_override: { users: { '@alice:glia.test': 1 } } }, 400, 'M_UNKNOWN'],
    ['creators that are none', { room_version: '12', creation_content: { additional_creators: ['x'] } }, 400, 'M_FORBIDDEN'],
    [
      'an alias of another room',
      { initial_state: [{ type: 'm.room.canonical_alias', content: { alias: '#no:glia.test' } }] },
      400,
      'M_BAD_ALIAS',
    ],
    ['a fraction', { creation_content: { x: 0.5 } }, 400, 'M_BAD_JSON'],
  ])('refuses %s, and makes nothing', async (_, body, status, errcode) => {
    const { joined_rooms: before } = (await server.api('GET', '/_matrix/client/v3/joined_rooms', { token: alice.accessToken })).body
    expect(await create(body)).toMatchObject({ status, body: { errcode } })
    const { joined_rooms: after } = (await server.api('GET', '/_matrix/client/v3/joined_rooms', { token: alice.accessToken })).body
    expect(after).toEqual(before)
  })

  test('an alias is given out once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => create({ room_alias_name: 'once' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400])
    expect(answers.find(({ status }) => status === 400)!.body.errcode).toBe('M_ROOM_IN_USE')
  })

  test('many rooms of version 12 made at once are different rooms', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ room_version: '12' })))
    expect(new Set(answers.map(({ body }) => body.room_id)).size).toBe(8)
  })

  test('a message sent twice with one transaction id is one event, which tells its sender the id', async () => {
    const roomId = await makeRoom()
    const content = { msgtype: 'm.text', body: 'hi' }
    const first = await put(roomId, '/send/m.room.message/id%2F1', content)
    expect(await put(roomId, '/send/m.room.message/id%2F1', content)).toMatchObject({ status: 200, body: first.body })
    const last = (await eventsOf(roomId)).at(-1)!
    expect(last).toMatchObject({ event_id: first.body.event_id, content, unsigned: { transaction_id: 'id/1' } })
    const again = await server.api('PUT', `/_matrix/client/r0/rooms/${roomId}/send/m.room.message/2?access_token=${alice.accessToken}`, {
      body: content,
    })
    expect(again.status).toBe(200)
  })

  test.each(['/state/m.room.topic', '/state/m.room.topic/'])('%s has an empty state key', async (path) => {
    const roomId = await makeRoom()
    const { body } = await put(roomId, path, { topic: path })
    expect(await get(roomId, '/state/m.room.topic')).toMatchObject({ status: 200, body: { topic: path } })
    expect((await put(roomId, path, { topic: path })).body).toEqual(body)
  })

  test.each<[string, string, unknown, number, string]>([
    ['a list', '/send/m.room.message/1', [], 400, 'M_BAD_JSON'],
    ['a fraction', '/send/m.x/1', { x: 1.5 }, 400, 'M_BAD_JSON'],
    ['a large event', '/send/m.x/1', { x: 'x'.repeat(66_000) }, 413, 'M_TOO_LARGE'],
    ['a long state key', `/state/m.x/${'k'.repeat(256)}`, {}, 413, 'M_TOO_LARGE'],
    ['a NUL in the type', '/send/a%00b/1', {}, 400, 'M_INVALID_PARAM'],
    ['a NUL in the transaction id', '/send/m.x/a%00b', {}, 400, 'M_INVALID_PARAM'],
    ['another create event', '/state/m.room.create', {}, 403, 'M_FORBIDDEN'],
    ['state of another user', '/state/m.x/@bob:glia.test', {}, 403, 'M_FORBIDDEN'],
  ])('refuses %s', async (_, path, body, status, errcode) => {
    expect(await put(await makeRoom(), path, body)).toMatchObject({ status, body: { errcode } })
  })

  test('strangers and unknown rooms are refused alike', async () => {
    const roomId = await makeRoom()
    const told = (id: string) => ({ status: 403, body: { errcode: 'M_FORBIDDEN', error: `User ${bob.userId} not in room ${id}` } })
    for (const id of [roomId, '!unknown:glia.test', 'nonsense']) {
      for (const path of ['/send/m.x/1', '/state/m.x', '/redact/$x/1']) expect(await put(id, path, {}, bob)).toMatchObject(told(id))
    }
  })

  test('a redaction takes the content away and says by whom', async () => {
    const roomId = await makeRoom()
    const { body: sent } = await put(roomId, '/send/m.room.message/1', { msgtype: 'm.text', body: 'secret' })
    const path = `/redact/${encodeURIComponent(sent.event_id)}/1`
    const { body: redaction } = await put(roomId, path, { reason: 'oops' })
    expect((await put(roomId, path, {})).body).toEqual(redaction)
    const events = await eventsOf(roomId)
    expect(JSON.stringify(events)).not.toContain('secret')
    expect(events.at(-2)).toMatchObject({ content: {}, unsigned: { redacted_because: { event_id: redaction.event_id } } })
    expect(events.at(-1)).toMatchObject({ redacts: sent.event_id, content: { reason: 'oops', redacts: sent.event_id } })
    const { body: another } = await put(roomId, '/send/m.room.message/2', { msgtype: 'm.text', body: 'secret too' })
    await put(roomId, '/send/m.room.redaction/3', { redacts: another.event_id })
    expect(JSON.stringify(await eventsOf(roomId))).not.toContain('secret')
  })
})

test('limits on messages and rooms hold', async () => {
  const few = { per_second: 0.001, burst_count: 2 }
  const server = await startTestServer({ config: { rc_message: few, rc_room_creation: few } })
  try {
    const { accessToken: token } = await server.register('alice')
    const create = () => server.api('POST', '/_matrix/client/v3/createRoom', { token, body: {} })
    const { room_id: roomId } = (await create()).body
    await create()
    const limited = { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: expect.any(Number) } }
    expect(await create()).toMatchObject(limited)
    const send = (id: string) => server.api('PUT', `/_matrix/client/v3/rooms/${roomId}/send/m.x/${id}`, { token, body: {} })
    expect([(await send('1')).status, (await send('2')).status]).toEqual([200, 200])
    expect(await send('3')).toMatchObject(limited)
  } finally {
    await server.remove()
  }
})
