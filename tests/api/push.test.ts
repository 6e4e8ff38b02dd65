import { systemClock, systemRandom } from '@glia/platform'
import { openConfig, runServer } from '@glia/server'
import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type PushGateway, startPushGateway } from '../support/push-gateway.ts'
import { newDataDir, spawnServer } from '../support/spawn-server.ts'
import { callApi, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const segment = encodeURIComponent
/** The gateways of these tests are on this machine. */
const config = { ip_range_whitelist: ['127.0.0.1'] }

let transaction = 0

/** What users do in these tests, at any server. */
function at(urlOf: () => string) {
  const as = (user: { accessToken: string }, method: string, path: string, body?: unknown) =>
    callApi(`${urlOf()}/_matrix/client/v3${path}`, method, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const setPusher = async (user: TestUser, gateway: { url: string }, change: Record<string, unknown> = {}, data: object = {}) => {
    const pusher = {
      kind: 'http',
      app_id: 'app',
      pushkey: user.localpart,
      app_display_name: 'App',
      device_display_name: 'Phone',
      lang: 'en',
    }
    const answer = await as(user, 'POST', '/pushers/set', { ...pusher, data: { url: gateway.url, ...data }, ...change })
    expect(answer).toMatchObject({ status: 200 })
  }
  const pushersOf = async (user: TestUser) => (await as(user, 'GET', '/pushers')).body.pushers
  const makeRoom = async (creator: TestUser, members: TestUser[], options: object = {}): Promise<string> => {
    const { body } = await as(creator, 'POST', '/createRoom', { preset: 'public_chat', ...options })
    for (const member of members) await as(member, 'POST', `/join/${segment(body.room_id)}`, {})
    return body.room_id
  }
  const send = async (user: TestUser, roomId: string, body: string, more: object = {}): Promise<string> => {
    const path = `/rooms/${segment(roomId)}/send/m.room.message/${++transaction}`
    return (await as(user, 'PUT', path, { msgtype: 'm.text', body, ...more })).body.event_id
  }
  const read = (user: TestUser, roomId: string, eventId: string, body: object = {}, type = 'm.read') =>
    as(user, 'POST', `/rooms/${segment(roomId)}/receipt/${type}/${segment(eventId)}`, body)
  return { as, setPusher, pushersOf, makeRoom, send, read }
}

onBothDatabases('push notifications', (dialect) => {
  let server: TestServer
  const { as, setPusher, pushersOf, makeRoom, send, read } = at(() => server.url)
  let users = 0
  const newUser = (name: string) => server.register(`${name}${++users}`)

  beforeAll(async () => {
    server = await startTestServer({ dialect, config })
  })
  afterAll(() => server.remove())

  /** Alice, who has a pusher, and bob, in a room. */
  async function begin(data: object = {}) {
    const gateway = await startPushGateway()
    const alice = await newUser('alice')
    const bob = await newUser('bob')
    const roomId = await makeRoom(bob, [alice], { name: 'Kitchen' })
    await setPusher(alice, gateway, {}, data)
    return { gateway, alice, bob, roomId }
  }

  test('tell a gateway who said what, where', async () => {
    const { gateway, alice, bob, roomId } = await begin({ default_payload: { aps: { alert: 1 } } })
    await as(bob, 'PUT', `/profile/${segment(bob.userId)}/displayname`, { displayname: 'Bob' })
    const eventId = await send(bob, roomId, 'hello')
    await gateway.waitFor(1)
    expect(gateway.taken).toEqual([
      {
        id: eventId,
        event_id: eventId,
        room_id: roomId,
        type: 'm.room.message',
        sender: bob.userId,
        sender_display_name: 'Bob',
        room_name: 'Kitchen',
        prio: 'high',
        content: { msgtype: 'm.text', body: 'hello' },
        counts: { unread: 1 },
        devices: [
          {
            app_id: 'app',
            pushkey: alice.localpart,
            pushkey_ts: expect.toSatisfy((ts: number) => Math.abs(ts - systemClock.nowMs() / 1000) < 3600),
            data: { default_payload: { aps: { alert: 1 } } },
            tweaks: { sound: 'default', highlight: false },
          },
        ],
      },
    ])
  })

  test('are of low priority without sound, and bring highlights and their sound', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    await as(await newUser('carol'), 'POST', `/join/${segment(roomId)}`, {})
    await send(bob, roomId, 'to all')
    await send(bob, roomId, 'to you', { 'm.mentions': { user_ids: [alice.userId] } })
    await gateway.waitFor(2)
    expect(gateway.taken.map(({ prio, devices }) => [prio, devices[0]?.tweaks])).toEqual([
      ['low', { highlight: false }],
      ['high', { highlight: true, sound: 'default' }],
    ])
  })

  test('in the format event_id_only say nothing else', async () => {
    const { gateway, alice, bob, roomId } = await begin({ format: 'event_id_only' })
    const eventId = await send(bob, roomId, 'hello')
    await gateway.waitFor(1)
    expect(gateway.taken).toEqual([
      {
        event_id: eventId,
        room_id: roomId,
        prio: 'high',
        counts: { unread: 1 },
        devices: [{ app_id: 'app', pushkey: alice.localpart, pushkey_ts: expect.any(Number), data: { format: 'event_id_only' } }],
      },
    ])
  })

  test('come of invites, with the membership', async () => {
    const { gateway, alice, bob } = await begin()
    const roomId = await makeRoom(bob, [], { name: 'Cellar', invite: [alice.userId] })
    await gateway.waitFor(1)
    expect(gateway.taken).toMatchObject([
      {
        room_id: roomId,
        type: 'm.room.member',
        membership: 'invite',
        user_is_target: true,
        room_name: 'Cellar',
        counts: { unread: 1 },
        content: { membership: 'invite' },
      },
    ])
  })

  test('name rooms without a name by their members, where there are several', async () => {
    const { gateway, alice, bob } = await begin()
    const carol = await newUser('carol')
    const roomId = await makeRoom(bob, [alice])
    await send(bob, roomId, 'between two')
    await gateway.waitFor(1)
    await as(carol, 'POST', `/join/${segment(roomId)}`, {})
    await send(bob, roomId, 'between three')
    await gateway.waitFor(2)
    expect(gateway.taken[0]).not.toHaveProperty('room_name')
    expect(gateway.taken[1]).toMatchObject({ room_name: `${bob.localpart} and ${carol.localpart}` })
  })

  test('do not come of own events, of ignored users, of muted rooms, or of what the rules are silent about', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    const carol = await newUser('carol')
    const muted = await makeRoom(bob, [alice])
    await as(carol, 'POST', `/join/${segment(roomId)}`, {})
    await as(alice, 'PUT', `/user/${segment(alice.userId)}/account_data/m.ignored_user_list`, { ignored_users: { [carol.userId]: {} } })
    await as(alice, 'PUT', `/pushrules/global/room/${segment(muted)}`, { actions: [] })
    await send(alice, roomId, 'own')
    await send(carol, roomId, 'ignored')
    await send(bob, muted, 'muted')
    await send(bob, roomId, 'notice', { msgtype: 'm.notice' })
    const last = await send(bob, roomId, 'heard')
    await gateway.waitFor(1)
    expect(gateway.tries.map(({ event_id }) => event_id)).toEqual([last])
  })

  test('do not come to those who left, nor of what was said before they came', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    await as(alice, 'POST', `/rooms/${segment(roomId)}/leave`, {})
    await send(bob, roomId, 'while she is away')
    await as(alice, 'POST', `/join/${segment(roomId)}`, {})
    const last = await send(bob, roomId, 'back again')
    await gateway.waitFor(1)
    expect(gateway.tries.map(({ event_id }) => event_id)).toEqual([last])
  })

  test('go to all pushers of a user, each once', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    await setPusher(alice, gateway, { pushkey: 'second', append: true })
    await setPusher(alice, gateway, { pushkey: 'third', append: true, 'org.matrix.msc3881.enabled': false })
    const events = [await send(bob, roomId, 'one'), await send(bob, roomId, 'two')]
    await gateway.waitFor(4)
    await setPusher(alice, gateway, { pushkey: 'third', append: true, 'org.matrix.msc3881.enabled': true })
    events.push(await send(bob, roomId, 'three'))
    await gateway.waitFor(7)
    const got = (pushkey: string) => gateway.taken.filter(({ devices }) => devices[0]?.pushkey === pushkey).map(({ event_id }) => event_id)
    expect([got(alice.localpart), got('second'), got('third')]).toEqual([events, events, events.slice(2)])
  })

  test('count rooms with unread messages, threads among them, and tell when they were read elsewhere', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    const other = await makeRoom(bob, [alice])
    const root = await send(bob, roomId, 'root')
    await gateway.waitFor(1)
    const inThread = await send(bob, roomId, 'in a thread', { 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
    await gateway.waitFor(2)
    const elsewhere = await send(bob, other, 'elsewhere')
    await gateway.waitFor(3)
    await read(alice, roomId, root, { thread_id: 'main' })
    await read(alice, other, elsewhere, {}, 'm.read.private')
    await gateway.waitFor(4)
    await read(alice, roomId, inThread, { thread_id: root })
    await gateway.waitFor(5)
    expect(gateway.taken.map(({ counts }) => counts)).toEqual([1, 1, 2, 1, 0].map((unread) => ({ unread })))
    expect(gateway.taken[4]).toEqual({
      id: '',
      sender: '',
      type: null,
      counts: { unread: 0 },
      devices: [{ app_id: 'app', pushkey: alice.localpart, pushkey_ts: expect.any(Number), data: {} }],
    })
  })

  test('of what was read meanwhile are not sent', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    gateway.answer = { status: 503 }
    const first = await send(bob, roomId, 'read before it was told')
    await gateway.waitForTries(1)
    gateway.answer = {}
    await read(alice, roomId, first)
    const second = await send(bob, roomId, 'new')
    await gateway.waitFor(1)
    expect(gateway.taken[0]).toMatchObject({ event_id: second })
  })

  test('end for a pushkey that the gateway rejects, and go on after others', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    gateway.answer = { rejected: ['another key'] }
    await send(bob, roomId, 'one')
    await gateway.waitFor(1)
    expect(await pushersOf(alice)).toHaveLength(1)
    gateway.answer = { rejected: [alice.localpart] }
    await send(bob, roomId, 'two')
    await expect.poll(() => pushersOf(alice), { timeout: 20_000 }).toEqual([])
    await setPusher(alice, gateway)
    gateway.answer = {}
    const last = await send(bob, roomId, 'three')
    await gateway.waitFor(3)
    expect(gateway.taken.at(-1)).toMatchObject({ event_id: last })
  })

  test('end with the account', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    const carol = await newUser('carol')
    await as(carol, 'POST', `/join/${segment(roomId)}`, {})
    await setPusher(carol, gateway)
    const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: alice.userId }, password: alice.password }
    expect((await as(alice, 'POST', '/account/deactivate', { auth, erase: true })).status).toBe(200)
    await send(bob, roomId, 'who is still there?')
    await gateway.waitFor(1)
    expect(gateway.tries.map(({ devices }) => devices[0]?.pushkey)).toEqual([carol.localpart])
  })

  test('do not go to private addresses', async () => {
    const { gateway, alice, bob, roomId } = await begin()
    const inside = gateway.url.replace('127.0.0.1', '127.0.0.2')
    const other = await makeRoom(bob, [alice])
    await setPusher(bob, { url: inside })
    await send(alice, other, 'to bob, who asks for what is inside')
    await send(bob, roomId, 'to alice')
    await gateway.waitFor(1)
    expect(gateway.tries.map(({ devices }) => devices[0]?.pushkey)).toEqual([alice.localpart])
  })

  test('are listed, newest first, page by page', async () => {
    const alice = await newUser('alice')
    const bob = await newUser('bob')
    const rooms = [await makeRoom(bob, [alice]), await makeRoom(bob, [alice])]
    const invited = await makeRoom(bob, [], { invite: [alice.userId] })
    const sent: string[] = []
    for (let n = 0; n < 130; n++) sent.push(await send(bob, rooms[n % 7 === 0 ? 1 : 0]!, `${n}`))
    const mention = await send(bob, rooms[1]!, 'hey', { 'm.mentions': { user_ids: [alice.userId] } })
    await send(alice, rooms[0]!, 'own')
    await read(alice, rooms[0]!, sent[64]!)
    const list = (query: string) => as(alice, 'GET', `/notifications?${query}`)
    // biome-ignore lint/suspicious/noExplicitAny: what is listed
    const all: any[] = []
    let from = ''
    do {
      const { body } = await list(`limit=30${from && `&from=${from}`}`)
      expect(body.notifications.length).toBeLessThanOrEqual(30)
      all.push(...body.notifications)
      from = body.next_token ?? ''
    } while (from !== '')
    expect(all.map(({ event }) => event.event_id)).toEqual([mention, ...[...sent].reverse(), expect.any(String)])
    expect(all[0]).toEqual({
      room_id: rooms[1],
      profile_tag: null,
      actions: ['notify', { set_tweak: 'highlight' }, { set_tweak: 'sound', value: 'default' }],
      ts: expect.any(Number),
      event: expect.objectContaining({ event_id: mention, sender: bob.userId, content: expect.objectContaining({ body: 'hey' }) }),
      read: false,
    })
    expect(all.at(-1)).toMatchObject({ room_id: invited, event: { type: 'm.room.member' }, read: false })
    expect(all.filter(({ read }) => read)).toHaveLength(sent.slice(0, 65).filter((_, n) => n % 7 !== 0).length)
    expect((await list('only=highlight')).body.notifications.map(({ event }: { event: { event_id: string } }) => event.event_id)).toEqual([
      mention,
    ])
    expect((await list('limit=0')).body).toEqual({ notifications: [] })
    expect(await list('from=nonsense')).toMatchObject({ status: 400, body: { errcode: 'M_UNKNOWN' } })
    expect(await list('limit=-1')).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect(await list('limit=x')).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect((await as(bob, 'GET', '/notifications')).body.notifications).toMatchObject([{ event: { content: { body: 'own' } } }])
  })

  test('admins see the pushers of a user', async () => {
    const admin = await server.register(`admin${++users}`, { admin: true })
    const alice = await newUser('alice')
    await setPusher(alice, { url: 'https://push.test/_matrix/push/v1/notify' })
    const list = (userId: string) => server.api('GET', `/_synapse/admin/v1/users/${segment(userId)}/pushers`, { token: admin.accessToken })
    expect((await list(alice.userId)).body).toEqual({
      pushers: [
        {
          app_display_name: 'App',
          app_id: 'app',
          data: { url: 'https://push.test/_matrix/push/v1/notify' },
          device_display_name: 'Phone',
          kind: 'http',
          lang: 'en',
          profile_tag: '',
          pushkey: alice.localpart,
          enabled: true,
          device_id: alice.deviceId,
        },
      ],
      total: 1,
    })
    expect(await list('@nobody:glia.test')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND', error: 'User not found' } })
    expect(await list('@alice:elsewhere.test')).toMatchObject({ status: 400, body: { error: 'Can only look up local users' } })
  })
})

onBothDatabases('push notifications that cannot be sent', (dialect) => {
  const CLOCK_STEP_MS = 250

  async function begin(settings: object = {}) {
    const clock = new FakeClock()
    const server = await startTestServer({ dialect, config: { ...config, ...settings }, clock })
    onTestFinished(() => server.remove())
    const users = at(() => server.url)
    const gateway = await startPushGateway()
    const alice = await server.register('alice')
    const bob = await server.register('bob')
    const roomId = await users.makeRoom(bob, [alice])
    await users.setPusher(alice, gateway)
    return { ...users, clock, server, gateway, alice, bob, roomId }
  }

  /** Lets time pass, in steps, until the gateway was tried so often; gives how long it took. */
  async function tryAgain(clock: FakeClock, gateway: PushGateway, tries: number, stepMs = CLOCK_STEP_MS): Promise<number> {
    const startMs = clock.nowMs()
    while (gateway.tries.length < tries) {
      clock.advance(stepMs)
      // the server works on real sockets: give it room
      await new Promise((resolve) => setImmediate(resolve))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return clock.nowMs() - startMs
  }

  test('are tried again, later and later, and in their order when the gateway is back', async () => {
    const { clock, gateway, bob, roomId, send } = await begin()
    gateway.answer = { status: 500 }
    const events = [await send(bob, roomId, 'one'), await send(bob, roomId, 'two')]
    await gateway.waitForTries(1)
    const waits = []
    for (let tries = 2; tries <= 6; tries++) waits.push(await tryAgain(clock, gateway, tries))
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(1000 * 2 ** index - 2 * CLOCK_STEP_MS)
    expect(gateway.tries.map(({ event_id }) => event_id)).toEqual(Array(6).fill(events[0]))
    gateway.answer = {}
    await tryAgain(clock, gateway, 8)
    expect(gateway.taken.map(({ event_id }) => event_id)).toEqual(events)
    gateway.answer = { status: 500 }
    await send(bob, roomId, 'three')
    await gateway.waitForTries(9)
    expect(await tryAgain(clock, gateway, 10)).toBeLessThan(30_000)
  })

  test('are given up after a day', async () => {
    const { clock, gateway, bob, roomId, send } = await begin()
    await gateway.goDown()
    await send(bob, roomId, 'old')
    // what is later than a day is a new message's turn
    clock.advance(23 * 3600_000)
    const late = await send(bob, roomId, 'late')
    clock.advance(2 * 3600_000)
    await gateway.comeUp()
    await tryAgain(clock, gateway, 1, 60_000)
    expect(gateway.tries.map(({ event_id }) => event_id)).toEqual([late])
  })

  test('go on after a restart, with what was said meanwhile', async () => {
    const { server, gateway, bob, roomId, send, clock } = await begin()
    gateway.answer = { hold: true }
    const events = [await send(bob, roomId, 'one'), await send(bob, roomId, 'two')]
    await gateway.waitForTries(1)
    await server.restart()
    gateway.answer = {}
    await tryAgain(clock, gateway, 3)
    expect(gateway.taken.map(({ event_id }) => event_id)).toEqual(events)
  })

  test('are not sent at all where push is off', async () => {
    const { server, gateway, alice, bob, roomId, send, as } = await begin({ push: { enabled: false } })
    await send(bob, roomId, 'one')
    expect((await as(alice, 'GET', '/notifications')).body.notifications).toHaveLength(1)
    await server.running.stop()
    expect(gateway.tries).toEqual([])
  })

  test('wait for a random time, leave out the content, and count messages, when so configured', async () => {
    const push = { jitter_delay: '1h', include_content: false, group_unread_count_by_room: false }
    const { clock, gateway, bob, roomId, send } = await begin({ push })
    await send(bob, roomId, 'one')
    await send(bob, roomId, 'two')
    expect(await tryAgain(clock, gateway, 1, 10_000)).toBeLessThanOrEqual(3700_000)
    await tryAgain(clock, gateway, 2, 10_000)
    expect(gateway.tries.map(({ counts }) => counts.unread)).toEqual([2, 2])
    expect(gateway.tries[0]).not.toHaveProperty('content')
  })
})

test('a server that was killed while it sent sends it again, and then the rest', async () => {
  const dataDir = newDataDir(config)
  const gateway = await startPushGateway()
  let server = await spawnServer({ dataDir })
  onTestFinished(() => void server.end('SIGKILL'))
  const { as, setPusher, makeRoom, send } = at(() => server.url)
  const register = async (name: string): Promise<TestUser> => {
    const { body } = await callApi(`${server.url}/_matrix/client/v3/register`, 'POST', {
      body: { username: name, password: 'a long password', auth: { type: 'm.login.dummy' } },
    })
    return { userId: body.user_id, localpart: name, password: 'a long password', accessToken: body.access_token, deviceId: body.device_id }
  }
  const alice = await register('alice')
  const bob = await register('bob')
  const roomId = await makeRoom(bob, [alice])
  await setPusher(alice, gateway)
  const events = [await send(bob, roomId, 'one')]
  await gateway.waitFor(1)
  gateway.answer = { hold: true }
  for (const body of ['two', 'three']) events.push(await send(bob, roomId, body))
  await gateway.waitForTries(2)
  await server.end('SIGKILL')
  gateway.answer = {}
  server = await spawnServer({ dataDir })
  await gateway.waitFor(3)
  expect(gateway.taken.map(({ event_id }) => event_id)).toEqual(events)
  expect((await as(alice, 'GET', '/notifications')).status).toBe(200)
})

test('two processes on one database send each notification once, also of what the other took', async () => {
  const gateway = await startPushGateway()
  const server = await startTestServer({ dialect: 'postgres', config })
  onTestFinished(() => server.remove())
  const { config: loaded } = await openConfig({
    cli: { dataDir: server.dataDir, config: [`${server.dataDir}/test.yaml`] },
    env: server.env,
    random: systemRandom,
  })
  const second = await runServer({ config: loaded, clock: systemClock, random: systemRandom })
  onTestFinished(() => second.stop())
  const one = at(() => server.url)
  const two = at(() => second.url)
  const alice = await server.register('alice')
  const bob = await server.register('bob')
  const roomId = await one.makeRoom(bob, [alice])
  await one.setPusher(alice, gateway)
  const events: string[] = []
  for (let n = 0; n < 20; n++) events.push(await (n % 2 === 0 ? one : two).send(bob, roomId, `${n}`))
  await gateway.waitFor(20)
  const last = await two.send(bob, roomId, 'the last')
  await gateway.waitFor(21)
  expect(gateway.taken.map(({ event_id }) => event_id)).toEqual([...events, last])
  await server.running.stop()
  const after = await two.send(bob, roomId, 'one is left')
  await gateway.waitFor(22)
  expect(gateway.taken.at(-1)).toMatchObject({ event_id: after })
})
