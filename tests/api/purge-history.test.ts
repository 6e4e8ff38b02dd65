import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Scene, startScene } from '../support/scene.ts'
import type { TestServer, TestUser } from '../support/start-server.ts'

interface Sent {
  event_id: string
  type: string
  sender: string
  state_key?: string
  content: { body?: string }
}

onBothDatabases('purging the history of a room', (dialect) => {
  let server: TestServer
  let as: Scene['as']
  let asAdmin: Scene['asAdmin']
  let alice: TestUser
  let bob: TestUser
  let transactions = 0

  beforeAll(async () => {
    ;({ server, alice, bob, as, asAdmin } = await startScene({ dialect }))
  })
  afterAll(() => server.remove())

  const at = (roomId: string, path: string) => `/rooms/${encodeURIComponent(roomId)}${path}`
  const id = encodeURIComponent

  async function newRoom(): Promise<string> {
    const { body } = await as(alice, 'POST', '/createRoom', { preset: 'public_chat' })
    await as(bob, 'POST', `/join/${id(body.room_id)}`, {})
    return body.room_id
  }
  async function send(user: TestUser, roomId: string, content: object, type = 'm.room.message'): Promise<string> {
    const answer = await as(user, 'PUT', at(roomId, `/send/${type}/${transactions++}`), content)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.event_id
  }
  const say = (user: TestUser, roomId: string, body: string) => send(user, roomId, { msgtype: 'm.text', body })
  async function untilEnded(purgeId: string) {
    for (;;) {
      const { body } = await asAdmin('GET', `/v1/purge_history_status/${purgeId}`)
      if (body.status !== 'active') return body
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  async function purge(roomId: string, body: object, eventId?: string) {
    const answer = await asAdmin('POST', `/v1/purge_history/${id(roomId)}${eventId === undefined ? '' : `/${id(eventId)}`}`, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(answer.body.purge_id).toMatch(/^[A-Za-z]{16}$/)
    return untilEnded(answer.body.purge_id)
  }
  /** The whole room as a client pages through it, newest first. */
  async function timeline(user: TestUser, roomId: string): Promise<Sent[]> {
    const events: Sent[] = []
    for (let from = ''; ; ) {
      const { body } = await as(user, 'GET', at(roomId, `/messages?dir=b&limit=7${from}`))
      events.push(...body.chunk)
      if (body.end === undefined) return events
      from = `&from=${body.end}`
    }
  }
  const bodies = (events: Sent[]) => events.flatMap(({ content }) => content.body ?? [])

  test('deletes the messages before an event and leaves a room that works', async () => {
    const roomId = await newRoom()
    const other = await newRoom()
    await say(alice, other, 'elsewhere')
    const old: string[] = []
    for (let index = 0; index < 12; index++) old.push(await say(index % 2 ? bob : alice, roomId, `ancient ${index}`))
    old.push(await send(bob, roomId, { 'm.relates_to': { rel_type: 'm.annotation', event_id: old[0], key: 'x' } }, 'm.reaction'))
    const edit = { msgtype: 'm.text', body: '* edited', 'm.new_content': { msgtype: 'm.text', body: 'edited' } }
    old.push(await send(alice, roomId, { ...edit, 'm.relates_to': { rel_type: 'm.replace', event_id: old[0] } }))
    const redaction = await as(alice, 'PUT', at(roomId, `/redact/${id(old[2]!)}/${transactions++}`), {})
    old.push(redaction.body.event_id)
    await as(alice, 'PUT', at(roomId, '/state/m.room.topic'), { topic: 'before' })
    await as(bob, 'POST', at(roomId, `/receipt/m.read/${id(old[11]!)}`), {})
    const before = (await as(bob, 'GET', '/sync')).body
    const kept = await say(alice, roomId, 'kept')
    const answerToOld = await send(bob, roomId, {
      msgtype: 'm.text',
      body: 'newer',
      'm.relates_to': { 'm.in_reply_to': { event_id: old[0] } },
    })
    const state = (await as(alice, 'GET', at(roomId, '/state'))).body
    const elsewhere = await timeline(alice, other)

    expect(await purge(roomId, { delete_local_events: true }, kept)).toEqual({ status: 'complete' })

    for (const eventId of old) {
      expect((await as(alice, 'GET', at(roomId, `/event/${id(eventId)}`))).status).toBe(404)
      expect((await as(alice, 'GET', at(roomId, `/context/${id(eventId)}`))).status).toBe(404)
      expect((await asAdmin('GET', `/v1/fetch_event/${id(eventId)}`)).status).toBe(404)
    }
    const relations = await as(alice, 'GET', `/_matrix/client/v1${at(roomId, `/relations/${id(old[0]!)}`)}`)
    expect(relations.body.chunk ?? []).toEqual([])
    const found = await as(alice, 'POST', '/search', { search_categories: { room_events: { search_term: 'ancient' } } })
    expect(found.body.search_categories.room_events).toMatchObject({ count: 0, results: [] })
    expect(bodies(await timeline(alice, roomId))).toEqual(['newer', 'kept'])
    expect((await as(alice, 'GET', at(roomId, '/state'))).body.map(({ event_id }: Sent) => event_id).sort()).toEqual(
      state.map(({ event_id }: Sent) => event_id).sort(),
    )
    expect(await timeline(alice, other)).toEqual(elsewhere.map((event) => ({ ...event, unsigned: expect.anything() })))

    const context = await as(alice, 'GET', at(roomId, `/context/${id(kept)}?limit=4`))
    expect(context.body.events_after.map(({ event_id }: Sent) => event_id)).toEqual([answerToOld])
    expect(context.body.events_before.every(({ state_key }: Sent) => state_key !== undefined)).toBe(true)
    expect((await as(alice, 'GET', at(roomId, `/messages?dir=f&limit=100&from=${context.body.start}`))).body.chunk.length).toBeGreaterThan(
      0,
    )
    // a client that was away, one that comes anew, one that slides
    const room = (answer: { body: { rooms: { join: Record<string, { timeline: { events: Sent[] } }> } } }) =>
      answer.body.rooms.join[roomId]!
    const away = await as(bob, 'GET', `/sync?since=${before.next_batch}`)
    expect(bodies(room(away).timeline.events)).toEqual(['kept', 'newer'])
    expect(room(away)).toMatchObject({ unread_notifications: { notification_count: 1 } })
    expect(bodies(room(await as(alice, 'GET', '/sync')).timeline.events)).toEqual(['kept', 'newer'])
    const slid = await as(alice, 'POST', '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync', {
      lists: { all: { ranges: [[0, 9]], timeline_limit: 20, required_state: [['m.room.create', '']] } },
    })
    expect(bodies(slid.body.rooms[roomId].timeline)).toEqual(['kept', 'newer'])

    const carol = await server.register(`carol${transactions}`)
    expect((await as(carol, 'POST', `/join/${id(roomId)}`, {})).status).toBe(200)
    await say(carol, roomId, 'hello')
    await as(bob, 'PUT', at(roomId, '/state/m.room.topic'), {})
    expect(bodies(await timeline(carol, roomId))).toEqual(['hello', 'newer', 'kept'])
    const gone = await as(alice, 'GET', at(roomId, '/timestamp_to_event?dir=f&ts=1').replace('/rooms', '/_matrix/client/v1/rooms'))
    expect((await as(alice, 'GET', at(roomId, `/event/${id(gone.body.event_id)}`))).status).toBe(200)
  })

  test('keeps what local users sent unless told otherwise', async () => {
    const roomId = await newRoom()
    await say(alice, roomId, 'one')
    const last = await say(alice, roomId, 'two')
    expect(await purge(roomId, { purge_up_to_event_id: last })).toEqual({ status: 'complete' })
    expect(bodies(await timeline(alice, roomId))).toEqual(['two', 'one'])
  })

  test('takes the event in the path first, then that in the body, then the time', async () => {
    const roomId = await newRoom()
    const sent: string[] = []
    for (const body of ['one', 'two', 'three', 'four']) sent.push(await say(alice, roomId, body))
    await purge(roomId, { delete_local_events: true, purge_up_to_event_id: sent[3] }, sent[1])
    expect(bodies(await timeline(alice, roomId))).toEqual(['four', 'three', 'two'])
    await purge(roomId, { delete_local_events: 1, purge_up_to_event_id: sent[2], purge_up_to_ts: 9e12 })
    expect(bodies(await timeline(alice, roomId))).toEqual(['four', 'three'])
    await purge(roomId, { delete_local_events: true, purge_up_to_ts: 9e12 })
    expect(bodies(await timeline(alice, roomId))).toEqual(['four'])
    await say(alice, roomId, 'five')
    expect(bodies(await timeline(alice, roomId))).toEqual(['five', 'four'])
  })

  test('by time keeps the newest event of then', async () => {
    const roomId = await newRoom()
    await say(alice, roomId, 'one')
    await say(alice, roomId, 'two')
    const then = Date.now()
    while (Date.now() <= then) await new Promise((resolve) => setTimeout(resolve, 1))
    await say(alice, roomId, 'three')
    await purge(roomId, { delete_local_events: true, purge_up_to_ts: then })
    expect(bodies(await timeline(alice, roomId))).toEqual(['three', 'two'])
  })

  test('is among the scheduled tasks, with how far it came', async () => {
    const roomId = await newRoom()
    await say(alice, roomId, 'one')
    const last = await say(alice, roomId, 'two')
    await purge(roomId, { delete_local_events: true }, last)
    const { body } = await asAdmin('GET', `/v1/scheduled_tasks?resource_id=${id(roomId)}`)
    expect(body.scheduled_tasks).toEqual([
      expect.objectContaining({ action: 'purge_history', status: 'complete', result: expect.objectContaining({ deleted_events: 1 }) }),
    ])
  })

  test.each([
    ['', {}, 400, 'M_BAD_JSON', 'must specify purge_up_to_event_id or purge_up_to_ts'],
    ['', { purge_up_to_event_id: null }, 400, 'M_BAD_JSON', 'must specify purge_up_to_event_id or purge_up_to_ts'],
    ['', { purge_up_to_ts: '5' }, 400, 'M_BAD_JSON', 'purge_up_to_ts must be an int'],
    ['', { purge_up_to_ts: null }, 400, 'M_BAD_JSON', 'purge_up_to_ts must be an int'],
    ['', { purge_up_to_ts: 5 }, 404, 'M_NOT_FOUND', 'there is no event to be purged'],
    ['', { purge_up_to_event_id: '$no' }, 404, 'M_NOT_FOUND', 'Could not find event $no'],
    ['', { purge_up_to_event_id: '$no\0' }, 404, 'M_NOT_FOUND', 'Could not find event $no\0'],
    ['/$no', {}, 404, 'M_NOT_FOUND', 'Could not find event $no'],
  ])('is refused with %j %j', async (path, body, status, errcode, error) => {
    const roomId = await newRoom()
    const answer = await asAdmin('POST', `/v1/purge_history/${id(roomId)}${path}`, body)
    expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
  })

  test('is refused for an event of another room, an unknown room, and by others than admins', async () => {
    const [roomId, other] = [await newRoom(), await newRoom()]
    const eventId = await say(alice, other, 'x')
    expect((await asAdmin('POST', `/v1/purge_history/${id(roomId)}/${id(eventId)}`, {})).body).toEqual({
      errcode: 'M_UNKNOWN',
      error: 'Event is for wrong room.',
    })
    expect((await asAdmin('POST', '/v1/purge_history/!no:where', { purge_up_to_ts: 9e12 })).status).toBe(404)
    const path = `/_synapse/admin/v1/purge_history/${id(roomId)}`
    expect((await server.api('POST', path, { token: alice.accessToken, body: {} })).status).toBe(403)
    expect((await asAdmin('GET', '/v1/purge_history_status/none')).body).toEqual({
      errcode: 'M_NOT_FOUND',
      error: "purge id 'none' not found",
    })
  })
})
