import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const BASE = '/_matrix/client/unstable/org.matrix.msc4140/delayed_events'
const MEMBER = 'org.matrix.msc3401.call.member'

onBothDatabases('delayed events', (dialect) => {
  let clock: FakeClock
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let roomId: string
  let room: string
  let txn = 0
  beforeAll(async () => {
    clock = new FakeClock()
    server = await startTestServer({ dialect, clock, config: { max_event_delay_duration: '1h' } })
    alice = await server.register('alice')
    bob = await server.register('bob')
    const power_level_content_override = { events: { [MEMBER]: 0 } }
    roomId = (await call(alice, 'POST', 'createRoom', { preset: 'public_chat', power_level_content_override })).body.room_id
    room = `rooms/${encodeURIComponent(roomId)}`
    await call(bob, 'POST', `${room}/join`, {})
  })
  afterAll(() => server.remove())

  const call = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3/${path}`, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const delayMessage = (user: TestUser, delay: unknown, content: object = { msgtype: 'm.text', body: `m${txn}` }, txnId = `t${txn++}`) =>
    call(user, 'PUT', `${room}/send/m.room.message/${txnId}?org.matrix.msc4140.delay=${delay}`, content)
  const delayState = (user: TestUser, key: string, delay: number, content: object = {}) =>
    call(user, 'PUT', `${room}/state/${MEMBER}/${key}?org.matrix.msc4140.delay=${delay}`, content)
  const setState = (user: TestUser, key: string, content: object) => call(user, 'PUT', `${room}/state/${MEMBER}/${key}`, content)
  const stateOf = async (key: string) => (await call(alice, 'GET', `${room}/state/${MEMBER}/${key}`)).body
  const waiting = async (user: TestUser) => (await server.api('GET', BASE, { token: user.accessToken })).body.delayed_events
  const act = (delayId: string, action: string) => server.api('POST', `${BASE}/${delayId}/${action}`, { body: {} })
  const notFound = { status: 404, body: { errcode: 'M_NOT_FOUND' } }
  /** The next answer of /sync that has events of the room. */
  const eventsAfter = async (since: string): Promise<{ type: string; content: Record<string, unknown> }[]> => {
    for (let from = since; ; ) {
      const { rooms, next_batch } = (await call(alice, 'GET', `sync?since=${from}&timeout=30000`)).body
      const events = rooms?.join?.[roomId]?.timeline?.events
      if (events) return events
      from = next_batch
    }
  }
  const token = async () => (await call(alice, 'GET', 'sync?timeout=0')).body.next_batch as string

  test('one is read by its id, by its owner, while it waits', async () => {
    const { delay_id } = (await delayState(alice, 'read', 8000, { a: 1 })).body
    const read = (user: TestUser, id = delay_id) => server.api('GET', `${BASE}/${id}`, { token: user.accessToken })
    const made = { delay_id, room_id: roomId, type: MEMBER, state_key: 'read', content: { a: 1 }, delay_ms: 8000 }
    expect(await read(alice)).toMatchObject({ status: 200, body: { ...made, delayed_since_ts: clock.nowMs() } })
    clock.advance(5000)
    await act(delay_id, 'restart')
    expect((await read(alice)).body).toEqual({ ...made, delayed_since_ts: clock.nowMs() })
    const message = (await delayMessage(alice, 8000)).body.delay_id
    expect((await read(alice, message)).body).not.toHaveProperty('state_key')
    expect(await read(bob)).toMatchObject(notFound)
    expect(await read(alice, 'none')).toMatchObject(notFound)
    expect((await server.api('GET', `${BASE}/${delay_id}`)).status).toBe(401)
    for (const id of [delay_id, message]) {
      await act(id, 'cancel')
      expect(await read(alice, id)).toMatchObject(notFound)
    }
  })

  test('a call notices that somebody is gone: the leaving is put off while the client lives, and sent when it does not', async () => {
    await setState(alice, 'call1', { application: 'm.call' })
    const { delay_id } = (await delayState(alice, 'call1', 8000)).body
    for (let beat = 0; beat < 3; beat++) {
      clock.advance(5000)
      expect(await act(delay_id, 'restart')).toMatchObject({ status: 200, body: {} })
    }
    clock.advance(7999)
    expect(await stateOf('call1')).toEqual({ application: 'm.call' })
    expect(await waiting(alice)).toEqual([
      { delay_id, room_id: roomId, type: MEMBER, state_key: 'call1', delay: 8000, running_since: clock.nowMs() - 7999, content: {} },
    ])
    const since = await token()
    clock.advance(1)
    expect(await eventsAfter(since)).toMatchObject([{ type: MEMBER, state_key: 'call1', sender: alice.userId, content: {} }])
    expect(await act(delay_id, 'restart')).toMatchObject(notFound)
    expect(await waiting(alice)).toEqual([])
  })

  test('what became due while the server was down is sent at the start, in its order, and once', async () => {
    const since = await token()
    await delayMessage(alice, 2000, { msgtype: 'm.text', body: 'second' })
    await delayMessage(alice, 1000, { msgtype: 'm.text', body: 'first' })
    await server.running.stop()
    clock.advance(60_000)
    await server.restart()
    const bodies: unknown[] = []
    while (bodies.length < 2) {
      bodies.length = 0
      bodies.push(...(await eventsAfter(since)).map(({ content }) => content.body))
    }
    expect(bodies).toEqual(['first', 'second'])
    expect(await waiting(alice)).toEqual([])
  })

  test('a delayed event is sent at once when asked for, and is gone then, also if it is refused', async () => {
    const { delay_id } = (await delayState(alice, 'now', 60_000, { a: 1 })).body
    expect((await act(delay_id, 'send')).status).toBe(200)
    expect(await stateOf('now')).toEqual({ a: 1 })
    for (const action of ['send', 'cancel', 'restart']) expect(await act(delay_id, action)).toMatchObject(notFound)

    const refused = (await call(bob, 'PUT', `${room}/state/m.room.topic?org.matrix.msc4140.delay=60000`, { topic: 'x' })).body.delay_id
    expect(await act(refused, 'send')).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    expect(await waiting(bob)).toEqual([])
  })

  test('a cancelled event is not sent', async () => {
    const { delay_id } = (await delayState(alice, 'cancelled', 1000)).body
    expect((await act(delay_id, 'cancel')).status).toBe(200)
    for (const action of ['send', 'cancel', 'restart']) expect(await act(delay_id, action)).toMatchObject(notFound)
    clock.advance(2000)
    expect((await stateOf('cancelled')).errcode).toBe('M_NOT_FOUND')
  })

  test('the older form says what to do in the body', async () => {
    const { delay_id } = (await delayState(alice, 'older', 1000)).body
    const post = (body: unknown) => server.api('POST', `${BASE}/${delay_id}`, { body })
    expect((await post({ action: 'restart' })).status).toBe(200)
    expect(await post({ action: 'x' })).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect(await post({})).toMatchObject({ status: 400, body: { errcode: 'M_MISSING_PARAM' } })
    expect((await post({ action: 'cancel' })).status).toBe(200)
    expect(await post({ action: 'cancel' })).toMatchObject(notFound)
  })

  test('state that another user changes meanwhile is left alone, state that one changes oneself is not', async () => {
    const own = (await delayState(alice, 'shared', 60_000, { late: true })).body.delay_id
    await setState(alice, 'shared', { from: 'alice' })
    expect((await act(own, 'restart')).status).toBe(200)
    await setState(bob, 'shared', { from: 'bob' })
    expect(await waiting(alice)).toEqual([])
    expect(await act(own, 'send')).toMatchObject(notFound)
    const since = await token()
    const marker = await delayMessage(alice, 60_001)
    expect(marker.status).toBe(200)
    clock.advance(60_001)
    expect((await eventsAfter(since)).map(({ type }) => type)).toEqual(['m.room.message'])
    expect(await stateOf('shared')).toEqual({ from: 'bob' })
  })

  test('the same request has the same answer', async () => {
    const first = await delayMessage(alice, 50_000, undefined, 'same')
    expect((await delayMessage(alice, 50_000, undefined, 'same')).body).toEqual(first.body)
    expect(await waiting(alice)).toHaveLength(1)
    await act(first.body.delay_id, 'cancel')
    expect((await delayMessage(alice, 50_000, undefined, 'same')).body).toEqual(first.body)
    expect(await waiting(alice)).toHaveLength(0)
  })

  describe('refusals', () => {
    test('delays that are none, or too long', async () => {
      for (const delay of ['abc', '-1', '1.5', ''])
        expect(await delayMessage(alice, delay)).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
      expect(await delayMessage(alice, 3600_001)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    })

    test('contents that no event can have', async () => {
      expect(await delayMessage(alice, 1000, { body: 'x' })).toMatchObject({ status: 400 })
      const large = await delayMessage(alice, 1000, { msgtype: 'm.text', body: 'x'.repeat(70_000) })
      expect(large).toMatchObject({ status: 413, body: { errcode: 'M_TOO_LARGE' } })
      expect(await call(alice, 'PUT', `${room}/send/x%00/1?org.matrix.msc4140.delay=1`, {})).toMatchObject({ status: 400 })
      expect(await call(alice, 'PUT', 'rooms/!none:x/send/x/1?org.matrix.msc4140.delay=1', {})).toMatchObject(notFound)
      for (const path of ['rooms/!no%00:x/send/x/1', `${room}/send/x/%00`])
        expect(await call(alice, 'PUT', `${path}?org.matrix.msc4140.delay=1`, {})).toMatchObject({
          status: 400,
          body: { errcode: 'M_INVALID_PARAM' },
        })
      expect((await server.api('POST', `${BASE}/x%00/cancel`)).body.errcode).toBe('M_INVALID_PARAM')
      expect(await waiting(alice)).toEqual([])
    })

    test('unknown ids, and a wrong token although none is needed', async () => {
      for (const action of ['send', 'cancel', 'restart']) {
        expect(await act('none', action)).toMatchObject(notFound)
        expect((await server.api('POST', `${BASE}/none/${action}`, { token: 'wrong', body: {} })).status).toBe(401)
      }
    })

    test('more than a hundred of one user', async () => {
      const carol = await server.register('carol')
      for (let n = 0; n < 100; n++) expect((await delayMessage(carol, 40_000)).status).toBe(200)
      const answer = await delayMessage(carol, 40_000)
      expect(answer).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 40_000 } })
      expect(await waiting(carol)).toHaveLength(100)
    })
  })
})

test('without max_event_delay_duration nothing is delayed', async () => {
  const server = await startTestServer()
  try {
    const { accessToken: token } = await server.register('alice')
    const { room_id } = (await server.api('POST', '/_matrix/client/v3/createRoom', { token, body: {} })).body
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room_id)}/send/x/1?org.matrix.msc4140.delay=1`
    expect(await server.api('PUT', path, { token, body: {} })).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    expect((await server.api('GET', '/_matrix/client/versions')).body.unstable_features['org.matrix.msc4140']).toBe(false)
  } finally {
    await server.remove()
  }
})

test('management is limited, by user or address', async () => {
  const server = await startTestServer({ config: { rc_delayed_event_mgmt: { per_second: 0.001, burst_count: 1 } } })
  try {
    const { accessToken: token } = await server.register('alice')
    expect((await server.api('GET', BASE, { token })).status).toBe(200)
    expect(await server.api('GET', BASE, { token })).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } })
    expect((await server.api('POST', `${BASE}/none/restart`, { body: {} })).status).toBe(404)
    expect((await server.api('POST', `${BASE}/none/restart`, { body: {} })).status).toBe(429)
  } finally {
    await server.remove()
  }
})
