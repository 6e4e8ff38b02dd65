import { roomPath, type Scenario, sortedState } from '../stage.ts'

export const roomsCreate: Scenario = {
  area: 'rooms-create',
  async run({ register, userId, localpart, serverName, api, note }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const create = (body: unknown) => ann.client('POST', '/createRoom', body)

    const kinds: Record<string, Readonly<Record<string, unknown>>> = {
      plain: { room_version: '11' },
      private: { preset: 'private_chat', room_version: '11', invite: [ben.userId] },
      trusted: { preset: 'trusted_private_chat', room_version: '11', invite: [ben.userId], is_direct: true },
      public: { preset: 'public_chat', room_version: '11', name: 'Hall', topic: 'All', room_alias_name: localpart('hall') },
      published: { visibility: 'public', room_version: '11' },
      tenth: { room_version: '10', preset: 'public_chat' },
      twelfth: { room_version: '12', preset: 'trusted_private_chat', invite: [ben.userId] },
      creators: { room_version: '12', creation_content: { additional_creators: [ben.userId] } },
      space: { room_version: '11', creation_content: { type: 'm.space', 'm.federate': false, room_version: '1', creator: '@x:y' } },
      levels: { room_version: '11', power_level_content_override: { users: { [ben.userId]: 50, [ann.userId]: 100 }, events_default: 7 } },
      initial: {
        room_version: '11',
        preset: 'public_chat',
        name: 'Named',
        initial_state: [
          { type: 'm.room.join_rules', content: { join_rule: 'knock' } },
          { type: 'm.room.name', state_key: '', content: { name: 'Initial' } },
          { type: 'org.example.x', state_key: 'key', content: { a: 1 } },
        ],
      },
    }
    for (const [name, body] of Object.entries(kinds)) {
      const room = await ann.createRoom(name, body)
      const state = await ann.client('GET', `${roomPath(room)}/state`)
      note(`state: ${name}`, state, sortedState(state.body))
      const page = await ann.client('GET', `${roomPath(room)}/messages?dir=f&limit=50`)
      note(
        `order: ${name}`,
        page,
        page.body.chunk.map((event: { type: string; state_key?: string }) => `${event.type} ${event.state_key}`),
      )
    }

    for (const [label, body] of Object.entries({
      'alias taken': { room_alias_name: localpart('hall') },
      'alias with colon': { room_alias_name: 'a:b' },
      'alias with blank': { room_alias_name: 'a b' },
      'alias number': { room_alias_name: 5 },
      'alias too long': { room_alias_name: 'x'.repeat(256) },
      'version 1': { room_version: '1' },
      'version unknown': { room_version: '999' },
      'version number': { room_version: 11 },
      'preset unknown': { preset: 'x' },
      'preset number': { preset: 5 },
      'visibility unknown': { visibility: 'x', room_version: '11' },
      'invite unknown': { invite: [userId('nobody')] },
      'invite malformed': { invite: ['x'] },
      'invite text': { invite: ben.userId },
      'invite oneself': { invite: [ann.userId] },
      'invite numbers': { invite: [5] },
      'name number': { name: 5 },
      'name list': { name: [] },
      'topic number': { topic: 5 },
      'creation_content text': { creation_content: 'x' },
      'initial_state text': { initial_state: 'x' },
      'initial_state without type': { initial_state: [{ content: {} }] },
      'initial_state without content': { initial_state: [{ type: 'x' }] },
      'initial_state number': { initial_state: [5] },
      'levels text': { power_level_content_override: 'x' },
      'levels bad user': { room_version: '11', power_level_content_override: { users: { x: 1 } } },
      'levels as text': { room_version: '11', power_level_content_override: { users_default: 'x' } },
      'levels without oneself': { room_version: '11', power_level_content_override: { users: { [ben.userId]: 100 } } },
      'levels of the creator': { room_version: '12', power_level_content_override: { users: { [ann.userId]: 100 } } },
      'is_direct text': { is_direct: 'x', room_version: '11' },
      'invite by email': { invite_3pid: [{ id_server: 'a.example', id_access_token: 'x', medium: 'email', address: 'a@b.example' }] },
      'additional creators bad': { room_version: '12', creation_content: { additional_creators: ['x'] } },
      list: [],
    })) {
      const answer = await create(body)
      note(`refused: ${label}`, answer, answer.status === 200 ? Object.keys(answer.body) : answer.body)
    }
    note('without body', await ann.client('POST', '/createRoom').then((answer) => ({ ...answer, body: null })))
    note('without token', await api('POST', '/_matrix/client/v3/createRoom', { body: {} }))

    const directory = (method: string, alias: string, body?: unknown) =>
      ann.client(method, `/directory/room/${encodeURIComponent(alias)}`, body)
    const alias = `#${localpart('second')}:${serverName}`
    const room = await ann.createRoom('room', { preset: 'public_chat', room_version: '11', name: 'Room' })
    note('alias: make', await directory('PUT', alias, { room_id: room }))
    note('alias: make again', await directory('PUT', alias, { room_id: room }))
    note('alias: read', await directory('GET', alias))
    note('alias: of the room', await ann.client('GET', `${roomPath(room)}/aliases`))
    note('alias: of the room, by others', await ben.client('GET', `${roomPath(room)}/aliases`))
    note('alias: without room', await directory('PUT', `#x${alias.slice(1)}`, {}))
    note('alias: unknown room', await directory('PUT', `#x${alias.slice(1)}`, { room_id: `!none:${serverName}` }))
    note('alias: of another server', await directory('PUT', '#x:other.example', { room_id: room }))
    note('alias: malformed', await directory('PUT', 'x', { room_id: room }))
    note('alias: unknown', await directory('GET', `#none.${alias.slice(1)}`))
    note('alias: malformed: read', await directory('GET', 'x'))
    note('alias: delete by others', await ben.client('DELETE', `/directory/room/${encodeURIComponent(alias)}`))
    note(
      'canonical alias',
      await ann
        .client('PUT', `${roomPath(room)}/state/m.room.canonical_alias`, { alias })
        .then((answer) => ({ ...answer, body: Object.keys(answer.body) })),
    )
    note(
      'canonical alias: of another room',
      await ann.client('PUT', `${roomPath(room)}/state/m.room.canonical_alias`, { alias: `#${localpart('hall')}:${serverName}` }),
    )
    note(
      'canonical alias: unknown',
      await ann.client('PUT', `${roomPath(room)}/state/m.room.canonical_alias`, { alias: `#none.${alias.slice(1)}` }),
    )
    note('canonical alias: malformed', await ann.client('PUT', `${roomPath(room)}/state/m.room.canonical_alias`, { alias: 'x' }))
    note('alias: delete', await directory('DELETE', alias))
    note('alias: delete again', await directory('DELETE', alias))
    note('visibility', await ann.client('GET', `/directory/list/room/${encodeURIComponent(room)}`))
    note('visibility: publish', await ann.client('PUT', `/directory/list/room/${encodeURIComponent(room)}`, { visibility: 'public' }))
    note('visibility: published', await ann.client('GET', `/directory/list/room/${encodeURIComponent(room)}`))
    note('visibility: bad', await ann.client('PUT', `/directory/list/room/${encodeURIComponent(room)}`, { visibility: 'x' }))
    note('visibility: by others', await ben.client('PUT', `/directory/list/room/${encodeURIComponent(room)}`, { visibility: 'private' }))
    note('visibility: unknown room', await ann.client('GET', `/directory/list/room/${encodeURIComponent(`!none:${serverName}`)}`))
    const search = await ann.client('POST', '/publicRooms', { filter: { generic_search_term: 'Room' }, limit: 10_000 })
    note(
      'public rooms: the room',
      search,
      search.body.chunk.find(({ room_id }: { room_id: string }) => room_id === room),
    )
    note('public rooms: bad limit', await ann.client('GET', '/publicRooms?limit=x'))
    note('public rooms: bad filter', await ann.client('POST', '/publicRooms', { filter: 'x' }))
    note(
      'public rooms: bad since',
      await ann.client('GET', '/publicRooms?since=x').then(({ status, request, headers }) => ({ status, request, headers, body: null })),
    )
  },
}
