import { type Answer, roomPath, type Scenario, sortedState } from '../stage.ts'

export const sync: Scenario = {
  area: 'sync',
  async run({ register, api, note, name }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const poll = (user: typeof ann, query: string) => user.client('GET', `/sync?timeout=0&${query}`)
    const filter = (value: unknown) => `filter=${encodeURIComponent(JSON.stringify(value))}`
    let since = ''
    const step = async (label: string, query = '') => {
      const answer = await poll(ben, `${since === '' ? '' : `since=${since}&`}${query}`)
      note(label, { ...answer, request: 'GET /_matrix/client/v3/sync' }, comparable(answer))
      if (answer.status === 200) since = answer.body.next_batch
      return answer
    }

    await step('nothing yet')
    await step('nothing new')
    const room = await ann.createRoom('room', { preset: 'private_chat', room_version: '11', name: 'Room', invite: [ben.userId] })
    const path = roomPath(room)
    await step('invited')
    await ben.client('POST', `/join/${encodeURIComponent(room)}`, {})
    await step('joined')
    // what is unread counts from here on
    const start = await ann.say(room, 'start')
    await ben.client('POST', `${path}/receipt/m.read/${encodeURIComponent(start)}`, {})
    await step('read')
    await ann.say(room, 'one')
    await step('a message')
    await ann.client('PUT', `${path}/state/m.room.topic`, { topic: 'Topic' })
    await step('a topic')
    for (const text of ['a', 'b', 'c']) await ann.say(room, text)
    await step('more than the limit', filter({ room: { timeline: { limit: 2 } } }))
    await ann.client('PUT', `${path}/state/m.room.name`, { name: 'Renamed' })
    for (const text of ['d', 'e']) await ann.say(room, text)
    await step('state in the gap', filter({ room: { timeline: { limit: 1 } } }))
    await ben.say(room, 'own')
    await step('one’s own message')
    await ben.client('PUT', `${path}/typing/${ben.userId}`, { typing: true, timeout: 30_000 })
    await ann.client('PUT', `${path}/typing/${ann.userId}`, { typing: true, timeout: 30_000 })
    await step('typing')
    await ann.client('PUT', `${path}/typing/${ann.userId}`, { typing: false })
    await ben.client('PUT', `${path}/typing/${ben.userId}`, { typing: false })
    await step('typing no more')
    const read = (await ann.client('GET', `${path}/messages?dir=b&limit=1`)).body.chunk[0].event_id
    await ann.client('POST', `${path}/receipt/m.read/${encodeURIComponent(read)}`, {})
    await step('a receipt of another')
    await ben.client('POST', `${path}/read_markers`, { 'm.fully_read': read, 'm.read': read })
    await step('read markers')
    await ben.client('PUT', `/user/${ben.userId}/account_data/org.example.x`, { a: 1 })
    await ben.client('PUT', `/user/${ben.userId}/rooms/${encodeURIComponent(room)}/tags/m.favourite`, { order: 0.5 })
    await step('account data')
    await ann.client('PUT', `/sendToDevice/org.example.x/${room.slice(1, 9)}`, { messages: { [ben.userId]: { '*': { hello: 1 } } } })
    await step('to device')
    await step('to device: only once')
    const other = await ann.createRoom('other', { preset: 'public_chat', room_version: '11', invite: [ben.userId] })
    await ben.client('POST', `${roomPath(other)}/leave`, {})
    await step('an invitation turned down')
    await ann.client('POST', `${path}/kick`, { user_id: ben.userId, reason: 'out' })
    await step('kicked')
    await ann.say(room, 'unheard')
    await step('after that')
    await ann.client('POST', `${path}/invite`, { user_id: ben.userId })
    await ben.client('POST', `/join/${encodeURIComponent(room)}`, {})
    await step('back')
    await ben.client('POST', `${path}/leave`, {})
    await ann.client('POST', `${path}/ban`, { user_id: ben.userId })
    await step('banned')
    // another filter than before: Synapse remembers what it answered to the same question
    const banned = await poll(ben, filter({ presence: { types: ['none'] } }))
    note('first: rooms of a banned user', { ...banned, request: 'GET /_matrix/client/v3/sync' }, leftRooms(banned, [room, other]))
    const withLeft = await poll(ben, filter({ room: { include_leave: true } }))
    note(
      'first: rooms of a banned user, with rooms left',
      { ...withLeft, request: 'GET /_matrix/client/v3/sync' },
      leftRooms(withLeft, [room, other]),
    )
    const cy = await register('cy')
    await cy.client('POST', `/join/${encodeURIComponent(other)}`, {})
    await ann.say(other, 'for cy')
    await cy.client('POST', `${roomPath(other)}/leave`, {})
    await ann.say(other, 'not for cy')
    const left = await poll(cy, filter({ room: { include_leave: true } }))
    note('first: a room left', { ...left, request: 'GET /_matrix/client/v3/sync' }, comparable(left))

    // so that the timelines begin with messages
    for (let number = 0; number < 10; number++) await ann.say(room, `late ${number}`)
    note('first: all of a member', await poll(ann, '').then(only(room)))
    note('first: timeline of 3', await poll(ann, filter({ room: { timeline: { limit: 3 } } })).then(only(room)))
    note(
      'first: lazy members',
      await poll(ann, filter({ room: { timeline: { limit: 2 }, state: { lazy_load_members: true } } })).then(only(room)),
    )
    note(
      'first: only messages',
      await poll(ann, filter({ room: { timeline: { types: ['m.room.message'] }, state: { types: [] }, rooms: [room] } })).then(only(room)),
    )
    note(
      'first: some fields',
      await poll(ann, filter({ event_fields: ['type', 'content.body'], room: { rooms: [room], timeline: { limit: 1 } } })).then(only(room)),
    )
    note('first: no rooms', await poll(ann, filter({ room: { rooms: [] } })).then(only(room)))
    note(
      'first: federation format',
      await poll(ann, filter({ event_format: 'federation', room: { rooms: [room], timeline: { limit: 1 }, state: { types: [] } } })).then(
        federationKeys(room),
      ),
    )
    const full = await poll(ann, '')
    name('<since>', full.body.next_batch)
    note('full state', await poll(ann, `since=${full.body.next_batch}&full_state=true`).then(only(room)))
    note(
      'stored filter',
      await ann
        .client('POST', `/user/${ann.userId}/filter`, { room: { timeline: { limit: 1 } } })
        .then(async (answer) => only(room)(await poll(ann, `filter=${answer.body.filter_id}`))),
    )

    for (const query of [
      'since=x',
      'filter=999999',
      'filter=%7B',
      'filter=%5B%5D',
      'full_state=x',
      'set_presence=x',
      'timeout=x',
      'timeout=-1',
    ]) {
      note(`refused: ${query}`, await ann.client('GET', `/sync?${query}`))
    }
    note('refused: filter with bad types', await poll(ann, filter({ room: { timeline: { types: 5 } } })))
    note('refused: filter with bad limit', await poll(ann, filter({ room: { timeline: { limit: 'x' } } })))
    note('without token', await api('GET', '/_matrix/client/v3/sync'))
  },
}

/** In an order that does not depend on the server; presence and push rules are no matter here. */
function comparable({ status, body }: Answer): unknown {
  if (status !== 200) return body
  const { presence: _presence, ...rest } = body
  for (const rooms of Object.values<Record<string, Section>>(rest.rooms ?? {})) {
    for (const section of Object.values(rooms)) sortSection(section)
  }
  rest.device_lists?.changed?.sort()
  rest.device_lists?.left?.sort()
  if (rest.account_data) {
    rest.account_data.events = byType(rest.account_data.events.filter(({ type }: { type: string }) => type !== 'm.push_rules'))
  }
  return rest
}

type Events = { events: { type: string; state_key: string; content?: { user_ids?: string[] } }[] }
type Section = Partial<
  Record<'state' | 'state_after' | 'invite_state' | 'ephemeral' | 'account_data' | 'org.matrix.msc4222.state_after', Events>
>

function sortSection(section: Section): void {
  for (const part of [section.state, section.state_after, section.invite_state]) if (part) part.events = sortedState(part.events)
  for (const part of [section.ephemeral, section.account_data]) if (part) part.events = byType(part.events)
  for (const { content } of section.ephemeral?.events ?? []) content?.user_ids?.sort()
}

function byType<E extends { type: string }>(events: readonly E[]): E[] {
  return events.toSorted((a, b) => (a.type < b.type ? -1 : 1))
}

function leftRooms({ body }: Answer, candidates: readonly string[]): string[] {
  return candidates.filter((roomId) => body.rooms?.leave?.[roomId] !== undefined)
}

function only(room: string) {
  return (answer: Answer): Answer => {
    const body = comparable(answer) as { rooms?: { join?: Record<string, Section> } }
    const section = body.rooms?.join?.[room]
    // that nobody types may be said or not
    if (section?.ephemeral) section.ephemeral.events = section.ephemeral.events.filter(({ type }) => type !== 'm.typing')
    return { ...answer, request: 'GET /_matrix/client/v3/sync', body: section ?? body }
  }
}

/** The keys of an event as servers exchange it: hashes and signatures are others on every server. */
function federationKeys(room: string) {
  return (answer: Answer): Answer => ({
    ...answer,
    request: 'GET /_matrix/client/v3/sync',
    body: Object.keys(answer.body.rooms.join[room].timeline.events[0]).sort(),
  })
}
