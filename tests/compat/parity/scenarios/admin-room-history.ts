import { type Answer, roomPath, type Scenario, sortedState } from '../stage.ts'

/** Admins who read rooms that they are not in. */
export const adminRoomHistory: Scenario = {
  area: 'admin-room-history',
  async run({ register, localpart, serverName, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const room = await ann.createRoom('room', { room_version: '11', name: 'Room', room_alias_name: localpart('room') })
    const path = `/v1${roomPath(room)}`
    const first = await ann.say(room, 'one')
    await ann.say(room, 'two')
    const slip = await ann.say(room, 'slip')
    const redaction = await ann.client('PUT', `${roomPath(room)}/redact/${encodeURIComponent(slip)}/r`, { reason: 'slip' })
    name('$redaction', redaction.body.event_id)

    const messages = (query: string) => root.admin('GET', `${path}/messages?${query}`)
    const newest = await messages('dir=b&limit=2')
    note('messages: newest', newest)
    name('<second page>', newest.body.end)
    note('messages: next', await messages(`dir=b&limit=2&from=${newest.body.end}`))
    note('messages: oldest', await messages('dir=f&limit=2'))
    note('messages: without direction', await messages('limit=1'))
    note('messages: filter', await messages(`dir=b&limit=5&filter=${encodeURIComponent('{"types":["m.room.name"]}')}`))
    note('messages: filter: no JSON', await messages('dir=b&filter=x'))
    note('messages: bad direction', await messages('dir=x'))
    note('messages: bad token', await messages('dir=b&from=x'))
    note('messages: bad limit', await messages('dir=b&limit=-1'))
    note('messages: unknown room', await root.admin('GET', `/v1${roomPath(`!none:${serverName}`)}/messages`))

    const context = (id: string, query = '') => root.admin('GET', `${path}/context/${encodeURIComponent(id)}${query}`)
    const sorted = (answer: Answer): Answer => ({ ...answer, body: { ...answer.body, state: sortedState(answer.body.state) } })
    note('context', sorted(await context(first, '?limit=2')))
    note('context: limit 0', sorted(await context(first, '?limit=0')))
    note('context: unknown', await context('$none'))
    note('context: bad limit', await context(first, '?limit=x'))

    const near = (query: string) => root.admin('GET', `${path}/timestamp_to_event?${query}`)
    note('by time: first', await near('ts=1').then((answer) => ({ ...answer, body: Object.keys(answer.body).sort() })))
    note('by time: backwards', await near('ts=1&dir=b'))
    note('by time: without time', await near(''))
    note('by time: bad direction', await near('ts=1&dir=x'))
    note('by time: unknown room', await root.admin('GET', `/v1${roomPath(`!none:${serverName}`)}/timestamp_to_event?ts=1`))

    const fetched = await root.admin('GET', `/v1/fetch_event/${encodeURIComponent(first)}`)
    note('event', fetched, { ...fetched.body, event: Object.keys(fetched.body.event).sort() })
    note('event: unknown', await root.admin('GET', '/v1/fetch_event/$none'))
    note('event: not an admin', await ann.admin('GET', `/v1/fetch_event/${encodeURIComponent(first)}`))

    const extremities = (id: string, method = 'GET') => root.admin(method, `/v1/rooms/${encodeURIComponent(id)}/forward_extremities`)
    const ends = await extremities(room)
    note('extremities', ends, {
      ...ends.body,
      results: ends.body.results.map((result: object) => ({ ...result, state_group: 'number' })),
    })
    note(
      'extremities: by alias',
      await extremities(`#${localpart('room')}:${serverName}`).then((answer) => ({ ...answer, body: answer.body.count })),
    )
    note('extremities: unknown alias', await extremities(`#none.${ann.localpart}:${serverName}`))
    note('extremities: malformed', await extremities('x'))
    note('extremities: unknown room', await extremities(`!none:${serverName}`))
    note('extremities: delete', await extremities(room, 'DELETE'))
    note('extremities: delete: malformed', await extremities('x', 'DELETE'))
    note('not an admin', await ann.admin('GET', `${path}/messages`))
  },
}
