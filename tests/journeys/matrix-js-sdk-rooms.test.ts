import { onBothDatabases } from '@glia/testing'
import {
  ClientEvent,
  createClient,
  EventType,
  JoinRule,
  KnownMembership,
  type MatrixClient,
  type MatrixEvent,
  NotificationCountType,
  Preset,
  RelationType,
  type Room,
  RoomEvent,
  ThreadEvent,
} from 'matrix-js-sdk'
import { RoomHierarchy } from 'matrix-js-sdk/lib/room-hierarchy.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { silentSdkLogger } from '../support/sdk-logger.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'
import { type When, whenOf } from '../support/when.ts'

interface Person {
  readonly user: TestUser
  readonly client: MatrixClient
  readonly when: When
}

/** What people do in rooms all day, with the SDK of Element. */
onBothDatabases('rooms with matrix-js-sdk', (dialect) => {
  let server: TestServer
  let alice: Person
  let bob: Person
  let count = 0
  const clients: MatrixClient[] = []
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(async () => {
    for (const client of clients) client.stopClient()
    await server.remove()
  })
  beforeEach(async () => {
    count++
    alice = await start(await server.register(`alice${count}`))
    bob = await start(await server.register(`bob${count}`))
  })

  async function start(user: TestUser): Promise<Person> {
    const { userId, accessToken, deviceId } = user
    const client = createClient({ baseUrl: server.url, userId, accessToken, deviceId, logger: silentSdkLogger, timelineSupport: true })
    clients.push(client)
    const when = whenOf(client, [ClientEvent.Sync, RoomEvent.Timeline, RoomEvent.MyMembership, ThreadEvent.New, ThreadEvent.Update])
    await client.startClient({ lazyLoadMembers: true, threadSupport: true })
    await when(() => client.isInitialSyncComplete() || undefined)
    return { user, client, when }
  }

  const roomOf = ({ client, when }: Person, roomId: string, membership = KnownMembership.Join): Promise<Room> =>
    when(() => {
      const room = client.getRoom(roomId)
      return room?.getMyMembership() === membership ? room : undefined
    })
  async function together(options: object = {}): Promise<[Room, Room]> {
    const { room_id: roomId } = await alice.client.createRoom({ preset: Preset.PublicChat, ...options })
    await bob.client.joinRoom(roomId)
    return [await roomOf(alice, roomId), await roomOf(bob, roomId)]
  }
  const say = async ({ client }: Person, { roomId }: Room, body: string, threadId: string | null = null): Promise<string> => {
    const relation = threadId && { 'm.relates_to': { rel_type: RelationType.Thread, event_id: threadId } }
    const content = { msgtype: 'm.text', body, ...relation }
    return (await client.sendEvent(roomId, threadId, EventType.RoomMessage, content as never)).event_id
  }
  const bodies = (events: readonly MatrixEvent[]): string[] => events.flatMap((event) => event.getContent().body ?? [])

  test('threads: what is unread in each, reading one of them, and their list', async () => {
    const [room, bobs] = await together()
    const first = await say(alice, room, 'first')
    const second = await say(alice, room, 'second')
    // as a click on "reply in thread" does
    for (const root of [first, second]) {
      const event = await bob.when(() => bobs.findEventById(root))
      bobs.createThread(root, event, [], false)
    }
    for (const text of ['a', 'b', 'c']) await say(bob, bobs, text, first)
    const reply = await say(bob, bobs, 'd', second)
    const unread = (of: Room, thread: string) => of.getThreadUnreadNotificationCount(thread, NotificationCountType.Total)
    await alice.when(() => (unread(room, first) === 3 && unread(room, second) === 1) || undefined)
    expect(room.getRoomUnreadNotificationCount(NotificationCountType.Total)).toBe(0)

    const thread = await alice.when(() => (room.getThread(second)?.lastReply()?.getId() === reply ? room.getThread(second) : undefined))
    await alice.client.sendReadReceipt(thread!.lastReply()!)
    await alice.when(() => unread(room, second) === 0 || undefined)
    expect(unread(room, first)).toBe(3)
    // told to the other, as of the thread
    const bobsThread = bobs.getThread(second)!
    await bob.when(() => bobsThread.hasUserReadEvent(alice.user.userId, reply) || undefined)

    // another client of the same user begins with the same
    const fresh = await start(await logIn(alice.user))
    const again = await roomOf(fresh, room.roomId)
    expect([unread(again, first), unread(again, second)]).toEqual([3, 0])
    await say(alice, room, 'mine', first)
    await again.createThreadsTimelineSets()
    await again.fetchRoomThreads()
    const [all, own] = again.threadsTimelineSets
    expect(
      all!
        .getLiveTimeline()
        .getEvents()
        .map((event) => event.getId()),
    ).toEqual([second, first])
    expect(
      own!
        .getLiveTimeline()
        .getEvents()
        .map((event) => event.getId()),
    ).toEqual([second, first])
    const opened = again.getThread(first)!
    await fresh.client.paginateEventTimeline(opened.liveTimeline, { backwards: true, limit: 50 })
    expect(bodies(opened.events)).toEqual(['first', 'a', 'b', 'c', 'mine'])
  })

  test('somebody knocks, is invited and joins', async () => {
    const { room_id: roomId } = await alice.client.createRoom({
      name: 'Behind a door',
      initial_state: [{ type: EventType.RoomJoinRules, state_key: '', content: { join_rule: JoinRule.Knock } }],
    })
    const room = await roomOf(alice, roomId)
    await expect(bob.client.joinRoom(roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    await bob.client.knockRoom(roomId, { reason: 'It is me' })
    const knocked = await roomOf(bob, roomId, KnownMembership.Knock)
    expect([knocked.name, knocked.getJoinRule()]).toEqual(['Behind a door', 'knock'])
    const member = await alice.when(() => room.getMember(bob.user.userId) ?? undefined)
    expect([member.membership, member.events.member?.getContent().reason]).toEqual(['knock', 'It is me'])
    await alice.client.invite(roomId, bob.user.userId)
    await roomOf(bob, roomId, KnownMembership.Invite)
    await bob.client.joinRoom(roomId)
    const inside = await roomOf(bob, roomId)
    await say(alice, room, 'Come in')
    await bob.when(() => bodies(inside.getLiveTimeline().getEvents()).includes('Come in') || undefined)
  })

  test('a room is upgraded, and its members follow with what they had noted about it', async () => {
    const [, bobs] = await together({ name: 'Old', room_version: '10' })
    await bob.client.setRoomTag(bobs.roomId, 'm.favourite', { order: 0.5 })
    const { replacement_room: newId } = await alice.client.upgradeRoom(bobs.roomId, '12')
    const tombstone = await bob.when(() => bobs.currentState.getStateEvents(EventType.RoomTombstone, '') ?? undefined)
    expect(tombstone.getContent().replacement_room).toBe(newId)
    await expect(say(bob, bobs, 'too late')).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    await bob.client.joinRoom(newId)
    const next = await roomOf(bob, newId)
    await bob.when(() => (next.tags['m.favourite'] && next.name === 'Old') || undefined)
    expect(next.findPredecessor()?.roomId).toBe(bobs.roomId)
    expect(bob.client.getVisibleRooms().map(({ roomId }) => roomId)).toEqual([newId])
  })

  test('a space is looked through page by page', async () => {
    const { room_id: spaceId } = await alice.client.createRoom({ preset: Preset.PublicChat, creation_content: { type: 'm.space' } })
    const names = ['one', 'two', 'three', 'four', 'five']
    for (const [order, name] of names.entries()) {
      const { room_id: roomId } = await alice.client.createRoom({ name, preset: Preset.PublicChat })
      const content = { via: [server.serverName], order: `${order}`, suggested: order === 1 }
      await alice.client.sendStateEvent(spaceId, EventType.SpaceChild, content, roomId)
    }
    const hidden = await alice.client.createRoom({ name: 'hidden', preset: Preset.PrivateChat })
    await alice.client.sendStateEvent(spaceId, EventType.SpaceChild, { via: [server.serverName] }, hidden.room_id)
    await bob.client.joinRoom(spaceId)
    const hierarchy = new RoomHierarchy(await roomOf(bob, spaceId), 2)
    const pages: number[] = []
    while (hierarchy.canLoadMore) pages.push((await hierarchy.load()).length)
    expect(pages).toEqual([2, 2, 2])
    expect(hierarchy.rooms?.map(({ name }) => name)).toEqual([undefined, ...names])
    const [, , two] = hierarchy.rooms!
    expect(hierarchy.isSuggested(spaceId, two!.room_id)).toBe(true)
  })

  test('who is ignored is not heard of any more, until they are listened to again', async () => {
    const [room, bobs] = await together()
    const carol = await start(await server.register(`carol${count}`))
    await carol.client.joinRoom(room.roomId)
    const carols = await roomOf(carol, room.roomId)
    await bob.client.setIgnoredUsers([alice.user.userId])
    await bob.when(() => bob.client.isUserIgnored(alice.user.userId) || undefined)
    await say(alice, room, 'unheard')
    const { room_id: elsewhere } = await alice.client.createRoom({ invite: [bob.user.userId] })
    await say(carol, carols, 'heard')
    const seen = () => bodies(bobs.getLiveTimeline().getEvents())
    await bob.when(() => seen().includes('heard') || undefined)
    expect(seen()).not.toContain('unheard')
    expect(bob.client.getRoom(elsewhere)).toBeNull()
    await bob.client.setIgnoredUsers([])
    await say(alice, room, 'heard again')
    await bob.when(() => seen().includes('heard again') || undefined)
    // the SDK begins anew when the list changes, and then has what it missed
    const fresh = await start(await logIn(bob.user))
    await roomOf(fresh, elsewhere, KnownMembership.Invite)
    expect(bodies((await roomOf(fresh, room.roomId)).getLiveTimeline().getEvents())).toEqual(['unheard', 'heard', 'heard again'])
  })

  test('a message is found, and read with what was said around it', async () => {
    const [room] = await together()
    for (let number = 0; number < 30; number++) await say(alice, room, number % 10 === 5 ? `needle ${number}` : `hay ${number}`)
    const found = await bob.client.searchRoomEvents({ term: 'needle' })
    expect(found.count).toBe(3)
    const [hit] = found.results.filter(({ context }) => context.getEvent().getContent().body === 'needle 15')
    expect(bodies(hit!.context.getTimeline())).toEqual(['hay 14', 'needle 15', 'hay 16'])
    // a client that has not all of it at hand
    const fresh = await start(await logIn(bob.user))
    const bobs = await roomOf(fresh, room.roomId)
    const timeline = (await fresh.client.getEventTimeline(bobs.getUnfilteredTimelineSet(), hit!.context.getEvent().getId()!))!
    await fresh.client.paginateEventTimeline(timeline, { backwards: true, limit: 5 })
    await fresh.client.paginateEventTimeline(timeline, { backwards: false, limit: 5 })
    const around = bodies(timeline.getEvents())
    const first = Number(around[0]!.split(' ')[1])
    // in order, without a gap
    expect(around.map((body) => Number(body.split(' ')[1]))).toEqual(around.map((_, index) => first + index))
    expect(around).toContain('needle 15')
    expect(around.length).toBeGreaterThan(10)
  })

  test('a file goes from one to the other, and to nobody without a token', async () => {
    const [room, bobs] = await together()
    const file = new Blob(['the letter'], { type: 'text/plain' })
    const { content_uri: url } = await alice.client.uploadContent(file, { name: 'letter.txt' })
    await alice.client.sendMessage(room.roomId, { msgtype: 'm.file', body: 'letter.txt', url } as never)
    const message = await bob.when(() =>
      bobs
        .getLiveTimeline()
        .getEvents()
        .find((event) => event.getContent().url === url),
    )
    const address = bob.client.mxcUrlToHttp(message.getContent().url, undefined, undefined, undefined, false, true, true)!
    expect(new URL(address).pathname).toMatch(/^\/_matrix\/client\/v1\/media\/download\//)
    const download = await fetch(address, { headers: { authorization: `Bearer ${bob.user.accessToken}` } })
    expect([download.status, download.headers.get('content-type'), await download.text()]).toEqual([
      200,
      'text/plain; charset=UTF-8',
      'the letter',
    ])
    expect((await fetch(address)).status).toBe(401)
  })

  async function logIn(user: TestUser): Promise<TestUser> {
    const { body } = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: user.localpart }, password: user.password },
    })
    return { ...user, accessToken: body.access_token, deviceId: body.device_id }
  }
})
