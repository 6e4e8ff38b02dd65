import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('typing, receipts, tags and the user directory', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let room: string
  let roomId: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
    roomId = (await call(alice, 'POST', 'createRoom', { preset: 'private_chat', invite: [bob.userId] })).body.room_id
    room = `rooms/${encodeURIComponent(roomId)}`
    await call(bob, 'POST', `${room}/join`, {})
  })
  afterAll(() => server.remove())

  const call = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3/${path}`, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const say = async () =>
    (await call(alice, 'PUT', `${room}/send/m.room.message/${Math.random()}`, { msgtype: 'm.text', body: 'x' })).body.event_id as string
  const sync = async (user: TestUser, since: string, timeout = 10_000) =>
    (await call(user, 'GET', `sync?since=${since}&timeout=${timeout}`)).body
  const tokenOf = async (user: TestUser) => (await call(user, 'GET', 'sync?timeout=0')).body.next_batch as string
  const ephemeral = (answer: { rooms?: { join?: Record<string, { ephemeral?: { events: { type: string }[] } }> } }, type: string) =>
    answer.rooms?.join?.[roomId]?.ephemeral?.events.find((event) => event.type === type)

  describe('typing', () => {
    test('wakes those who wait', async () => {
      const first = await tokenOf(bob)
      const waiting = sync(bob, first)
      expect((await call(alice, 'PUT', `${room}/typing/${alice.userId}`, { typing: true, timeout: 20_000 })).body).toEqual({})
      expect(ephemeral(await waiting, 'm.typing')).toEqual({ type: 'm.typing', content: { user_ids: [alice.userId] } })
      const since = await tokenOf(bob)
      await call(alice, 'PUT', `${room}/typing/${alice.userId}`, { typing: false })
      expect(ephemeral(await sync(bob, since), 'm.typing')).toEqual({ type: 'm.typing', content: { user_ids: [] } })
    })

    test('is refused for others, outside of rooms and without saying what', async () => {
      const carol = await server.register('carol')
      const put = (user: TestUser, of: TestUser, body: unknown, where = room) => call(user, 'PUT', `${where}/typing/${of.userId}`, body)
      expect(await put(alice, bob, { typing: true })).toMatchObject({ status: 400, body: { errcode: 'M_FORBIDDEN' } })
      expect(await put(carol, carol, { typing: true })).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
      expect(await put(alice, alice, { typing: true }, 'rooms/nonsense')).toMatchObject({ status: 403 })
      expect((await put(alice, alice, {})).status).toBe(400)
      expect((await put(alice, alice, { typing: 'x' })).status).toBe(400)
    })
  })

  test('a receipt shows to the room and clears the unread count', async () => {
    const since = await tokenOf(alice)
    const eventId = await say()
    const unread = (await call(bob, 'GET', 'sync?timeout=0')).body.rooms.join[roomId].unread_notifications
    expect(unread.notification_count).toBeGreaterThan(0)
    expect((await call(bob, 'POST', `${room}/receipt/m.read/${encodeURIComponent(eventId)}`, {})).body).toEqual({})
    let answer = await sync(alice, since)
    while (!ephemeral(answer, 'm.receipt')) answer = await sync(alice, answer.next_batch)
    expect(ephemeral(answer, 'm.receipt')).toEqual({
      type: 'm.receipt',
      content: { [eventId]: { 'm.read': { [bob.userId]: { ts: expect.any(Number) } } } },
    })
    const read = (await call(bob, 'GET', 'sync?timeout=0')).body.rooms.join[roomId].unread_notifications
    expect(read).toEqual({ notification_count: 0, highlight_count: 0 })
  })

  test('read markers are account data of the room', async () => {
    const eventId = await say()
    expect((await call(bob, 'POST', `${room}/read_markers`, { 'm.fully_read': eventId, 'm.read.private': eventId })).body).toEqual({})
    expect((await call(bob, 'GET', `user/${bob.userId}/${room}/account_data/m.fully_read`)).body).toEqual({ event_id: eventId })
    expect((await call(bob, 'POST', `${room}/read_markers`)).status).toBe(400)
    expect((await call(bob, 'POST', `${room}/read_markers`, { 'm.read': 5 })).status).toBe(400)
    expect((await call(bob, 'POST', `${room}/receipt/m.other/${encodeURIComponent(eventId)}`, {})).status).toBe(400)
    expect((await call(bob, 'POST', `${room}/receipt/m.read/x%00`, {})).status).toBe(400)
  })

  test('tags come to the other devices', async () => {
    const since = await tokenOf(bob)
    const tags = `user/${bob.userId}/${room}/tags`
    expect((await call(bob, 'PUT', `${tags}/m.favourite`, { order: 0.25 })).body).toEqual({})
    const { rooms } = await sync(bob, since)
    expect(rooms.join[roomId].account_data.events).toEqual([{ type: 'm.tag', content: { tags: { 'm.favourite': { order: 0.25 } } } }])
    expect((await call(bob, 'DELETE', `${tags}/m.favourite`)).body).toEqual({})
    expect((await call(bob, 'GET', tags)).body).toEqual({ tags: {} })
  })

  test('the directory finds users of shared and public rooms, others not', async () => {
    const dora = await server.register('dora')
    const erin = await server.register('erin')
    const search = async (user: TestUser, search_term: string, limit?: number) =>
      (await call(user, 'POST', 'user_directory/search', { search_term, limit })).body
    const ids = async (user: TestUser, term: string) => (await search(user, term)).results.map((one: { user_id: string }) => one.user_id)
    expect(await ids(alice, 'BOB')).toEqual([bob.userId])
    expect(await ids(dora, 'bob')).toEqual([])
    await call(erin, 'POST', 'createRoom', { preset: 'public_chat' })
    expect(await ids(dora, 'erin')).toEqual([erin.userId])
    expect(await ids(dora, '%')).toEqual([])
    expect(await ids(dora, '\u0000')).toEqual([])
    expect((await search(alice, ':glia.test', 1)).limited).toBe(true)
    expect((await call(alice, 'POST', 'user_directory/search', { search_term: 'x', limit: 'y' })).status).toBe(400)
  })
})
