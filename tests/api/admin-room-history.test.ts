import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const segment = encodeURIComponent

interface RoomEvent {
  event_id: string
  type: string
  content: { body?: string }
}

onBothDatabases('an admin reading rooms', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let alice: TestUser
  let roomId: string
  const events: string[] = []
  let redacted: string

  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
    alice = await server.register('alice')
    const body = { name: 'Diary', preset: 'private_chat', room_alias_name: 'diary', initial_state: [historyOf('joined')] }
    roomId = (await as(alice, 'POST', '/createRoom', body)).body.room_id
    for (let index = 0; index < 5; index++) events.push(await send(`entry ${index}`))
    redacted = await send('not for others')
    await as(alice, 'PUT', `/rooms/${segment(roomId)}/redact/${segment(redacted)}/r`, { reason: 'private' })
  })
  afterAll(() => server.remove())

  const historyOf = (history_visibility: string) => ({ type: 'm.room.history_visibility', state_key: '', content: { history_visibility } })
  const as = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3${path}`, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const asAdmin = (method: string, path: string) => server.api(method, `/_synapse/admin/v1${path}`, { token: admin.accessToken })
  const inRoom = (path: string, room = roomId) => asAdmin('GET', `/rooms/${segment(room)}${path}`)
  const send = async (body: string) =>
    (await as(alice, 'PUT', `/rooms/${segment(roomId)}/send/m.room.message/${segment(body)}`, { msgtype: 'm.text', body })).body.event_id
  const bodiesOf = (chunk: RoomEvent[]) => chunk.map(({ content }) => content.body)

  test('sees messages that no outsider may see, from either end', async () => {
    expect((await as(admin, 'GET', `/rooms/${segment(roomId)}/messages?dir=b`)).status).toBe(403)
    const back = (await inRoom('/messages?dir=b&limit=4')).body
    expect(back.chunk.map(({ type }: RoomEvent) => type)).toEqual([
      'm.room.redaction',
      'm.room.message',
      'm.room.message',
      'm.room.message',
    ])
    expect(back.chunk[1]).toMatchObject({ content: {}, redacted_because: { content: { reason: 'private' } } })
    expect(bodiesOf(back.chunk).slice(2)).toEqual(['entry 4', 'entry 3'])
    expect(bodiesOf((await inRoom(`/messages?dir=b&limit=2&from=${back.end}`)).body.chunk)).toEqual(['entry 2', 'entry 1'])
    const first = (await inRoom('/messages?limit=1')).body
    expect(first.chunk).toMatchObject([{ type: 'm.room.create', user_id: alice.userId, age: expect.any(Number), room_id: roomId }])
    expect((await inRoom('/messages?dir=b&limit=1&from=END')).body.chunk).toMatchObject([{ type: 'm.room.redaction' }])
  })

  test('can filter messages, and see events whole', async () => {
    const filter = segment(JSON.stringify({ types: ['m.room.name'] }))
    expect((await inRoom(`/messages?filter=${filter}`)).body.chunk).toMatchObject([{ type: 'm.room.name' }])
    for (const whole of ['raw', 'raw=false', `filter=${segment(JSON.stringify({ event_format: 'federation' }))}`]) {
      const [event] = (await inRoom(`/messages?limit=1&${whole}`)).body.chunk
      expect(event).toMatchObject({ type: 'm.room.create', auth_events: [], prev_events: [], depth: 1, hashes: {}, signatures: {} })
      expect(event).not.toHaveProperty('user_id')
    }
  })

  test('is told what is wrong with a question about messages', async () => {
    expect((await inRoom('/messages?from=x')).body).toEqual({ errcode: 'M_UNKNOWN', error: "'from' parameter is invalid" })
    expect((await inRoom('/messages?filter=x')).body.errcode).toBe('M_NOT_JSON')
    expect((await inRoom('/messages?dir=x')).body.errcode).toBe('M_INVALID_PARAM')
    expect((await inRoom('/messages', '!unknown:glia.test')).body).toEqual({ start: expect.any(String), chunk: [] })
  })

  test('sees the surroundings of an event', async () => {
    const { body } = await inRoom(`/context/${segment(events[2]!)}?limit=3`)
    expect(body.event).toMatchObject({ event_id: events[2], user_id: alice.userId })
    expect(bodiesOf(body.events_before)).toEqual(['entry 1'])
    expect(bodiesOf(body.events_after)).toEqual(['entry 3', 'entry 4'])
    expect(body.state.map(({ type }: RoomEvent) => type)).toContain('m.room.name')
    expect((await inRoom('/context/$unknown')).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'Event not found.' })
    expect((await inRoom(`/context/${segment(events[0]!)}`, '!unknown:glia.test')).status).toBe(404)
  })

  test('finds the event of a time', async () => {
    const { origin_server_ts: time } = (await as(alice, 'GET', `/rooms/${segment(roomId)}/event/${segment(events[3]!)}`)).body
    expect((await inRoom('/timestamp_to_event?ts=0')).body.origin_server_ts).toBeLessThanOrEqual(time)
    expect((await inRoom(`/timestamp_to_event?ts=${time}&dir=b`)).body.origin_server_ts).toBe(time)
    expect((await inRoom('/timestamp_to_event?ts=0&dir=b')).body.errcode).toBe('M_NOT_FOUND')
    expect((await inRoom('/timestamp_to_event')).body.errcode).toBe('M_MISSING_PARAM')
    expect((await inRoom('/timestamp_to_event?ts=0', '!unknown:glia.test')).status).toBe(404)
  })

  test('can fetch any event as it is stored', async () => {
    const fetched = (await asAdmin('GET', `/fetch_event/${segment(events[0]!)}`)).body.event
    expect(fetched).toMatchObject({
      event_id: events[0],
      room_id: roomId,
      content: { body: 'entry 0' },
      hashes: {},
      signatures: {},
      depth: expect.any(Number),
    })
    expect((await asAdmin('GET', `/fetch_event/${segment(redacted)}`)).body.event.content).toEqual({})
    expect((await asAdmin('GET', '/fetch_event/$unknown')).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'Event not found' })
  })

  test('sees where the room ends', async () => {
    const newest = await send('newest')
    for (const identifier of [roomId, '#diary:glia.test']) {
      const { body } = await inRoom('/forward_extremities', identifier)
      expect(body).toEqual({
        count: 1,
        results: [{ event_id: newest, depth: expect.any(Number), state_group: expect.any(Number), received_ts: expect.any(Number) }],
      })
    }
    expect((await asAdmin('DELETE', `/rooms/${segment(roomId)}/forward_extremities`)).body).toEqual({ deleted: 0 })
    expect((await inRoom('/forward_extremities', '!unknown:glia.test')).body).toEqual({ count: 0, results: [] })
    expect((await inRoom('/forward_extremities', '#unknown:glia.test')).body.errcode).toBe('M_NOT_FOUND')
    expect((await inRoom('/forward_extremities', 'unknown')).body.errcode).toBe('M_UNKNOWN')
    const nothing = await asAdmin('DELETE', `/rooms/${segment('!unknown:glia.test')}/forward_extremities`)
    expect([nothing.status, nothing.body.errcode]).toEqual([400, 'M_UNKNOWN'])
  })
})
