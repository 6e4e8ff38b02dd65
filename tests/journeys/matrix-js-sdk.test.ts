import { onBothDatabases } from '@glia/testing'
import { ClientEvent, createClient, type MatrixClient, type MatrixEvent, Preset, type Room, RoomEvent, SyncState } from 'matrix-js-sdk'
import { type Logger, logger } from 'matrix-js-sdk/lib/logger.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

// the SDK tells at length what it does
;(logger as unknown as { setLevel(level: string): void }).setLevel('silent')

onBothDatabases('matrix-js-sdk', (dialect) => {
  let server: TestServer
  const clients: MatrixClient[] = []
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(async () => {
    for (const client of clients) client.stopClient()
    await server.remove()
  })

  const clientOf = async (user: TestUser): Promise<MatrixClient> => {
    const client = createClient({
      baseUrl: server.url,
      userId: user.userId,
      accessToken: user.accessToken,
      deviceId: user.deviceId,
      logger: silent,
    })
    clients.push(client)
    const prepared = until(client, ClientEvent.Sync, (state: SyncState) => state === SyncState.Prepared)
    await client.startClient({ lazyLoadMembers: true, threadSupport: true, initialSyncLimit: 5 })
    await prepared
    return client
  }

  test('gets ready, hears messages, pages back, follows a thread, an invitation and a leaving', async () => {
    const alice = await clientOf(await server.register('alice'))
    const bob = await clientOf(await server.register('bob'))
    const { room_id: roomId } = await alice.createRoom({ preset: Preset.PublicChat, name: 'Tea' })
    for (let n = 0; n < 20; n++) await alice.sendTextMessage(roomId, `old ${n}`)

    const joined = until(bob, ClientEvent.Room, (room: Room) => room.roomId === roomId)
    await bob.joinRoom(roomId)
    await joined
    const room = bob.getRoom(roomId)!
    const heard = until(bob, RoomEvent.Timeline, (event: MatrixEvent) => event.getContent().body === 'new')
    const { event_id: newId } = await alice.sendTextMessage(roomId, 'new')
    await heard
    expect(room.name).toBe('Tea')
    expect(room.getMyMembership()).toBe('join')
    expect(room.getJoinedMemberCount()).toBe(2)
    expect(room.getUnreadNotificationCount()).toBeGreaterThan(0)

    const before = room.getLiveTimeline().getEvents().length
    await bob.scrollback(room, 100)
    const bodies = room
      .getLiveTimeline()
      .getEvents()
      .flatMap((event) => event.getContent().body ?? [])
    expect(room.getLiveTimeline().getEvents().length).toBeGreaterThan(before)
    expect(bodies).toEqual([...Array.from({ length: 20 }, (_, n) => `old ${n}`), 'new'])

    await room.loadMembersIfNeeded()
    expect(
      room
        .getJoinedMembers()
        .map(({ userId }) => userId)
        .sort(),
    ).toEqual([alice.getUserId(), bob.getUserId()])

    const replied = until(bob, RoomEvent.Timeline, (event: MatrixEvent) => event.getContent().body === 'in the thread')
    await alice.sendMessage(roomId, newId, { msgtype: 'm.text', body: 'in the thread' } as never)
    await replied
    expect(room.getThread(newId)?.length).toBe(1)

    const left = until(bob, RoomEvent.MyMembership, (_: Room, membership: string) => membership === 'leave')
    await alice.kick(roomId, bob.getUserId()!)
    await left
    const invited = until(bob, RoomEvent.MyMembership, (_: Room, membership: string) => membership === 'invite')
    await alice.invite(roomId, bob.getUserId()!)
    await invited
    expect(bob.getSyncState()).toBe(SyncState.Syncing)
  })
})

/** Resolves at the first such event of the client that is meant. */
function until(client: MatrixClient, event: never | string, isMeant: (...args: never[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listener = (...args: never[]) => {
      if (!isMeant(...args)) return
      client.off(event as never, listener as never)
      resolve()
    }
    client.on(event as never, listener as never)
  })
}

const silent: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => silent }
