import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('/sync over HTTP', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let room: string
  let path: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
    const created = await server.api('POST', '/_matrix/client/v3/createRoom', { token: alice.accessToken, body: { preset: 'public_chat' } })
    room = created.body.room_id
    path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`
    await server.api('POST', `${path}/join`, { token: bob.accessToken, body: {} })
  })
  afterAll(() => server.remove())

  let transactions = 0
  const send = (user: TestUser, body: string) =>
    server.api('PUT', `${path}/send/m.room.message/t${transactions++}`, { token: user.accessToken, body: { msgtype: 'm.text', body } })
  const sync = async (user: TestUser, query: Record<string, string> = {}) =>
    (await server.api('GET', `/_matrix/client/v3/sync?${new URLSearchParams(query)}`, { token: user.accessToken })).body
  const bodies = (answer: { rooms?: { join: Record<string, { timeline: { events: { content: { body?: string } }[] } }> } }) =>
    answer.rooms?.join[room]?.timeline.events.flatMap(({ content }) => content.body ?? [])

  test('a waiting poll is answered by a message', async () => {
    const { next_batch: since } = await sync(bob)
    const waiting = sync(bob, { since, timeout: '20000' })
    await send(alice, 'hello')
    expect(bodies(await waiting)).toEqual(['hello'])
  })

  test('a token holds over a restart', async () => {
    const { next_batch: since } = await sync(bob)
    await send(alice, 'before')
    await server.restart()
    await send(alice, 'after')
    const answer = await sync(bob, { since })
    expect(bodies(answer)).toEqual(['before', 'after'])
    expect(await sync(bob, { since: answer.next_batch })).toEqual({
      next_batch: expect.any(String),
      device_one_time_keys_count: { signed_curve25519: 0 },
      device_unused_fallback_key_types: [],
    })
  })

  test('typing and receipts', async () => {
    const eventId = (await send(alice, 'read me')).body.event_id
    const { next_batch: since } = await sync(bob)
    const typing = sync(bob, { since, timeout: '20000' })
    await server.api('PUT', `${path}/typing/${alice.userId}`, { token: alice.accessToken, body: { typing: true, timeout: 20_000 } })
    const typed = await typing
    expect(typed.rooms.join[room].ephemeral.events).toEqual([{ type: 'm.typing', content: { user_ids: [alice.userId] } }])
    const reading = sync(bob, { since: typed.next_batch, timeout: '20000' })
    await server.api('POST', `${path}/receipt/m.read/${eventId}`, { token: bob.accessToken, body: {} })
    const read = await reading
    expect(read.rooms.join[room].ephemeral.events).toEqual([
      { type: 'm.receipt', content: { [eventId]: { 'm.read': { [bob.userId]: { ts: expect.any(Number) } } } } },
    ])
    expect(read.rooms.join[room].unread_notifications).toEqual({ notification_count: 0, highlight_count: 0 })
  })

  test('account data and a stored filter', async () => {
    const { next_batch: since } = await sync(bob)
    const waiting = sync(bob, { since, timeout: '20000' })
    await server.api('PUT', `/_matrix/client/v3/user/${bob.userId}/account_data/m.x`, { token: bob.accessToken, body: { a: 1 } })
    expect((await waiting).account_data.events).toEqual([{ type: 'm.x', content: { a: 1 } }])
    const filter = { room: { timeline: { limit: 1 } }, event_fields: ['content.body'] }
    const stored = await server.api('POST', `/_matrix/client/v3/user/${bob.userId}/filter`, { token: bob.accessToken, body: filter })
    const answer = await sync(bob, { filter: stored.body.filter_id })
    expect(answer.rooms.join[room].timeline.events).toEqual([{ content: { body: expect.any(String) } }])
    expect(await sync(alice, { filter: stored.body.filter_id })).toMatchObject({ errcode: 'M_INVALID_PARAM' })
  })

  test('an invitation wakes the invited, a kick the kicked', async () => {
    const carol = await server.register('carol')
    const { next_batch: since } = await sync(carol)
    const invited = sync(carol, { since, timeout: '20000' })
    await server.api('POST', `${path}/invite`, { token: alice.accessToken, body: { user_id: carol.userId } })
    const invitation = await invited
    expect(invitation.rooms.invite[room].invite_state.events.at(-1)).toMatchObject({ state_key: carol.userId })
    await server.api('POST', `${path}/join`, { token: carol.accessToken, body: {} })
    const joined = await sync(carol, { since: invitation.next_batch })
    expect(Object.keys(joined.rooms)).toEqual(['join'])
    const kicked = sync(carol, { since: joined.next_batch, timeout: '20000' })
    await server.api('POST', `${path}/kick`, { token: alice.accessToken, body: { user_id: carol.userId } })
    expect(Object.keys((await kicked).rooms)).toEqual(['leave'])
  })

  test('state after the timeline, under the name that was asked for', async () => {
    const asked = await sync(bob, { use_state_after: 'true' })
    expect(asked.rooms.join[room]).toHaveProperty('state_after')
    expect(asked.rooms.join[room]).not.toHaveProperty('state')
    const unstable = await sync(bob, { 'org.matrix.msc4222.use_state_after': 'true' })
    expect(unstable.rooms.join[room]).toHaveProperty(['org.matrix.msc4222.state_after'])
  })

  test.each([
    [{ since: 'nonsense' }, 'M_UNKNOWN'],
    [{ filter: '{' }, 'M_NOT_JSON'],
    [{ filter: '{"room":3}' }, 'M_INVALID_PARAM'],
    [{ filter: 'unknown' }, 'M_INVALID_PARAM'],
    [{ timeout: 'soon' }, 'M_INVALID_PARAM'],
    [{ full_state: 'maybe' }, 'M_INVALID_PARAM'],
  ])('%j is refused', async (query, errcode) => {
    expect(await sync(bob, query as unknown as Record<string, string>)).toMatchObject({ errcode })
  })

  test('presence is not kept where it is switched off', async () => {
    const status = `/_matrix/client/v3/presence/${alice.userId}/status`
    expect((await server.api('GET', status, { token: bob.accessToken })).body).toEqual({ presence: 'offline' })
    const put = (user: TestUser) => server.api('PUT', status, { token: user.accessToken, body: { presence: 'online' } })
    expect(await put(alice)).toMatchObject({ status: 200, body: {} })
    expect(await put(bob)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
  })

  test('stopping the server answers those who wait', async () => {
    const { next_batch: since } = await sync(bob)
    const waiting = sync(bob, { since, timeout: '60000' })
    // answered after the poll came in
    await sync(bob, { since })
    await server.restart()
    expect(await waiting).not.toHaveProperty('rooms')
  })
})
