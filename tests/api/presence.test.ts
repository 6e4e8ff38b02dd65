import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

type Event = { type: string; sender: string; content: Record<string, unknown> }

const call = (server: TestServer, user: { accessToken: string }, method: string, path: string, body?: unknown) =>
  server.api(method, `/_matrix/client/v3/${path}`, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
const statusPath = ({ userId }: TestUser) => `presence/${userId}/status`

onBothDatabases('presence', (dialect) => {
  let clock: FakeClock
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let room: string
  beforeAll(async () => {
    clock = new FakeClock()
    server = await startTestServer({ dialect, clock, config: { presence: { enabled: true } } })
  })
  afterAll(() => server.remove())
  let n = 0
  beforeEach(async () => {
    alice = await server.register(`alice${++n}`)
    bob = await server.register(`bob${n}`)
    room = await createRoom(alice)
    await join(bob)
  })

  const ask = (user: { accessToken: string }, method: string, path: string, body?: unknown) => call(server, user, method, path, body)
  const createRoom = async (user: TestUser) =>
    `rooms/${encodeURIComponent((await ask(user, 'POST', 'createRoom', { preset: 'public_chat' })).body.room_id)}`
  const join = (user: TestUser) => ask(user, 'POST', `${room}/join`, {})
  const put = (user: TestUser, presence: unknown, status_msg?: unknown) => ask(user, 'PUT', statusPath(user), { presence, status_msg })
  const seenBy = async (viewer: TestUser, user: TestUser) => (await ask(viewer, 'GET', statusPath(user))).body
  const quiet = 'set_presence=offline'
  const tokenOf = async (user: TestUser) => (await ask(user, 'GET', `sync?${quiet}`)).body.next_batch as string
  /** The presence of a user in the next answer that has it. */
  const heard = async (viewer: TestUser, since: string, user: TestUser): Promise<Record<string, unknown>> => {
    for (let from = since; ; ) {
      const { presence, next_batch } = (await ask(viewer, 'GET', `sync?since=${from}&timeout=30000&${quiet}`)).body
      const event = (presence?.events as Event[] | undefined)?.find(({ sender }) => sender === user.userId)
      if (event) return event.content
      from = next_batch
    }
  }
  /** Lets time pass, in small steps, until something has come. */
  const inTime = async <T>(coming: Promise<T>): Promise<T> => {
    let hasCome = false
    const done = coming.finally(() => {
      hasCome = true
    })
    while (!hasCome) {
      clock.advance(5000)
      await tokenOf(bob)
    }
    return done
  }
  /** Until others see it: what time does to presence is written beside requests. */
  const becomes = async (viewer: TestUser, user: TestUser, expected: object) => {
    const since = await tokenOf(viewer)
    let seen = await seenBy(viewer, user)
    const fits = () => Object.entries(expected).every(([key, value]) => seen[key] === value)
    while (!fits()) seen = await heard(viewer, since, user).then(() => seenBy(viewer, user))
    return seen
  }

  test('what a user sets reaches those who share a room, and the user', async () => {
    const since = await tokenOf(bob)
    const own = await tokenOf(alice)
    expect(await put(alice, 'unavailable', 'at lunch')).toMatchObject({ status: 200, body: {} })
    expect(await heard(bob, since, alice)).toEqual({ presence: 'unavailable', status_msg: 'at lunch' })
    expect(await heard(alice, own, alice)).toEqual({ presence: 'unavailable', status_msg: 'at lunch' })
    await put(alice, 'online')
    expect(await seenBy(bob, alice)).toEqual({ presence: 'online', last_active_ago: 0, currently_active: true })
    clock.advance(5)
    await put(alice, 'offline', 'gone')
    expect(await seenBy(bob, alice)).toEqual({ presence: 'offline', last_active_ago: 5, status_msg: 'gone' })
  })

  test('who syncs is online, and offline some time after the last poll', async () => {
    const since = await tokenOf(bob)
    await ask(alice, 'GET', 'sync')
    expect(await heard(bob, since, alice)).toEqual({ presence: 'online', last_active_ago: 0, currently_active: true })
    const later = await tokenOf(bob)
    expect(await inTime(heard(bob, later, alice))).toMatchObject({ presence: 'offline' })
  })

  test('who says to be away is away, and nothing is heard of who asks to be left alone', async () => {
    await ask(alice, 'GET', 'sync?set_presence=unavailable')
    expect(await becomes(bob, alice, { presence: 'unavailable' })).toEqual({ presence: 'unavailable' })
    await ask(bob, 'GET', 'sync?set_presence=offline')
    expect(await seenBy(alice, bob)).toEqual({ presence: 'offline' })
    expect(await ask(alice, 'GET', 'sync?set_presence=busy')).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
  })

  test('a user is what the most present device is', async () => {
    const login = { type: 'm.login.password', identifier: { type: 'm.id.user', user: alice.userId }, password: alice.password }
    const phone = { accessToken: (await server.api('POST', '/_matrix/client/v3/login', { body: login })).body.access_token }
    await ask(alice, 'GET', 'sync?set_presence=unavailable')
    await ask(phone, 'GET', 'sync')
    await becomes(bob, alice, { presence: 'online' })
    await ask(alice, 'GET', 'sync?set_presence=unavailable')
    expect(await seenBy(bob, alice)).toMatchObject({ presence: 'online' })
    await ask(phone, 'GET', 'sync?set_presence=unavailable')
    await becomes(bob, alice, { presence: 'unavailable' })
  })

  test('doing something makes one active, doing nothing for a minute ends that', async () => {
    await put(alice, 'unavailable')
    await ask(alice, 'PUT', `${room}/send/m.room.message/1`, { msgtype: 'm.text', body: 'x' })
    await becomes(bob, alice, { presence: 'online', currently_active: true })
    const polling = ask(
      alice,
      'GET',
      `sync?since=${await tokenOf(alice)}&timeout=300000&filter=${encodeURIComponent('{"presence":{"types":[]}}')}`,
    )
    const since = await tokenOf(bob)
    expect(await inTime(heard(bob, since, alice))).toMatchObject({ presence: 'online', currently_active: false })
    await put(alice, 'online')
    expect(await seenBy(bob, alice)).toMatchObject({ presence: 'online', currently_active: true, last_active_ago: 0 })
    await inTime(polling)
  })

  test('strangers see nothing; newcomers are shown who is there, and are shown', async () => {
    const carol = await server.register(`carol${n}`)
    expect(await ask(carol, 'GET', statusPath(alice))).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    await put(alice, 'online')
    await put(carol, 'online', 'new here')
    const [ofBob, ofCarol] = [await tokenOf(bob), await tokenOf(carol)]
    await join(carol)
    expect(await heard(bob, ofBob, carol)).toMatchObject({ presence: 'online', status_msg: 'new here' })
    expect(await heard(carol, ofCarol, alice)).toMatchObject({ presence: 'online' })
    const all = (await ask(carol, 'GET', `sync?${quiet}`)).body.presence.events as Event[]
    expect(all.map(({ sender }) => sender).sort()).toEqual([alice.userId, carol.userId])
  })

  test('filters apply', async () => {
    await put(alice, 'online')
    await put(bob, 'online')
    const synced = async (filter: object) =>
      (await ask(bob, 'GET', `sync?${quiet}&filter=${encodeURIComponent(JSON.stringify({ presence: filter }))}`)).body.presence?.events
    expect(await synced({ not_types: ['*'] })).toBeUndefined()
    expect(await synced({ senders: [alice.userId] })).toMatchObject([{ sender: alice.userId }])
    expect(await synced({ not_senders: [alice.userId] })).toMatchObject([{ sender: bob.userId }])
  })

  test('a status outlives a restart, being online does not for long', async () => {
    await put(alice, 'online', 'here')
    await server.restart()
    expect(await seenBy(bob, alice)).toMatchObject({ presence: 'online', status_msg: 'here' })
    const since = await tokenOf(bob)
    expect(await inTime(heard(bob, since, alice))).toMatchObject({ presence: 'offline', status_msg: 'here' })
  })

  test('polls of somebody who is known to be there write nothing', async () => {
    await ask(alice, 'GET', 'sync')
    await becomes(bob, alice, { presence: 'online' })
    const before = await tokenOf(bob)
    for (let poll = 0; poll < 5; poll++) await ask(alice, 'GET', 'sync')
    expect(await tokenOf(bob)).toBe(before)
  })

  test('a deactivated user is offline', async () => {
    await put(alice, 'online', 'still here')
    const since = await tokenOf(bob)
    const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: alice.userId }, password: alice.password }
    const hearing = heard(bob, since, alice)
    expect((await ask(alice, 'POST', 'account/deactivate', { auth })).status).toBe(200)
    expect(await hearing).toMatchObject({ presence: 'offline' })
  })

  test('what is no presence, and what is not the own, is refused', async () => {
    for (const body of [{}, { presence: 'busy' }, { presence: 1 }, { presence: 'online', status_msg: 1 }])
      expect(await ask(alice, 'PUT', statusPath(alice), body)).toMatchObject({ status: 400, body: { errcode: 'M_UNKNOWN' } })
    expect(await ask(bob, 'PUT', statusPath(alice), { presence: 'online' })).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    })
    expect(await put(alice, 'online', 'a\0b')).toMatchObject({ status: 200 })
    expect(await seenBy(bob, alice)).toMatchObject({ status_msg: 'ab' })
  })

  test('a snapshot of a room has that of its members', async () => {
    const elsewhere = await server.register(`elsewhere${n}`)
    await ask(elsewhere, 'POST', `${await createRoom(alice)}/join`, {})
    await put(alice, 'unavailable', 'at lunch')
    await put(bob, 'online')
    await put(elsewhere, 'online')
    const { presence } = (await ask(bob, 'GET', `${room}/initialSync`)).body
    const bySender = Object.fromEntries(presence.map(({ sender, content }: Event) => [sender, content.presence]))
    expect(bySender).toEqual({ [alice.userId]: 'unavailable', [bob.userId]: 'online' })
    await ask(bob, 'POST', `${room}/leave`, {})
    expect((await ask(bob, 'GET', `${room}/initialSync`)).body.presence).toEqual([])
  })
})

describe('presence as configured', () => {
  let server: TestServer
  afterEach(() => server.remove())

  const start = async (config: Record<string, unknown>) => {
    server = await startTestServer({ config, clock: new FakeClock() })
    return server.register('alice')
  }

  test('switched off, everybody is offline', async () => {
    const alice = await start({ presence: { enabled: false } })
    expect((await call(server, alice, 'PUT', statusPath(alice), { presence: 'online' })).status).toBe(200)
    expect((await call(server, alice, 'GET', statusPath(alice))).body).toEqual({ presence: 'offline' })
    expect((await call(server, alice, 'GET', 'sync')).body.presence).toBeUndefined()
  })

  test('first syncs tell of those who are offline if asked for', async () => {
    const alice = await start({ presence: { enabled: true, include_offline_users_on_sync: true } })
    await call(server, alice, 'PUT', statusPath(alice), { presence: 'offline', status_msg: 'asleep' })
    const { events } = (await call(server, alice, 'GET', 'sync?set_presence=offline')).body.presence
    expect(events).toMatchObject([{ sender: alice.userId, content: { presence: 'offline', status_msg: 'asleep' } }])
  })

  test('changes are limited: refused where they are made, passed over where a poll makes them', async () => {
    const alice = await start({ presence: { enabled: true }, rc_presence: { per_user: { per_second: 0.1, burst_count: 1 } } })
    expect((await call(server, alice, 'PUT', statusPath(alice), { presence: 'unavailable' })).status).toBe(200)
    expect(await call(server, alice, 'PUT', statusPath(alice), { presence: 'online' })).toMatchObject({ status: 429 })
    expect((await call(server, alice, 'GET', 'sync')).status).toBe(200)
    expect((await call(server, alice, 'GET', statusPath(alice))).body).toMatchObject({ presence: 'unavailable' })
  })
})
