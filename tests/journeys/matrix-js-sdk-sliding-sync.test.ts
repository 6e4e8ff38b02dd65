import { onBothDatabases } from '@glia/testing'
import { ClientEvent, createClient, type MatrixClient, MatrixEventEvent, Preset, RoomEvent } from 'matrix-js-sdk'
import { MSC3575_STATE_KEY_LAZY, MSC3575_STATE_KEY_ME, SlidingSync } from 'matrix-js-sdk/lib/sliding-sync.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentSdkLogger } from '../support/sdk-logger.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const TIMEOUT_MS = 20_000

onBothDatabases('matrix-js-sdk with sliding sync', (dialect) => {
  let server: TestServer
  const clients: MatrixClient[] = []
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(async () => {
    for (const client of clients) client.stopClient()
    await server.remove()
  })

  const clientOf = async (user: TestUser) => {
    const { userId, accessToken, deviceId } = user
    const client = createClient({ baseUrl: server.url, userId, accessToken, deviceId, logger: silentSdkLogger })
    clients.push(client)
    await client.initRustCrypto({ useIndexedDB: false })
    const room = {
      timeline_limit: 20,
      required_state: [
        ['m.room.create', ''],
        ['m.room.name', ''],
        ['m.room.encryption', ''],
        ['m.room.member', MSC3575_STATE_KEY_ME],
        ['m.room.member', MSC3575_STATE_KEY_LAZY],
      ],
    }
    const lists = new Map([['all', { ...room, ranges: [[0, 19]] }]])
    const slidingSync = new SlidingSync(server.url, lists, room, client, TIMEOUT_MS)
    await client.startClient({ slidingSync, threadSupport: true })
    /** Resolves once `look` finds something; it looks again after everything that happens to the client. */
    const when = <T>(look: () => T | undefined): Promise<T> =>
      new Promise((resolve) => {
        const check = () => {
          const found = look()
          if (found !== undefined) resolve(found)
        }
        for (const event of [
          ClientEvent.Sync,
          ClientEvent.Room,
          ClientEvent.AccountData,
          RoomEvent.Timeline,
          RoomEvent.MyMembership,
          RoomEvent.Name,
          RoomEvent.Receipt,
          MatrixEventEvent.Decrypted,
        ])
          client.on(event as ClientEvent.Sync, check)
        check()
      })
    const message = (roomId: string, body: string) =>
      when(() => {
        const events = client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? []
        return events.find((event) => event.getContent().body === body)
      })
    return { client, when, message }
  }

  test('gets ready, hears messages live, reads encrypted ones, follows its memberships', async () => {
    const alice = await clientOf(await server.register('alice'))
    const bob = await clientOf(await server.register('bob'))
    const { room_id: roomId } = await alice.client.createRoom({ preset: Preset.PublicChat, name: 'Tea' })
    await bob.client.joinRoom(roomId)
    const room = await bob.when(() => bob.client.getRoom(roomId) ?? undefined)
    await bob.when(() => (room.getMyMembership() === 'join' ? true : undefined))
    await alice.client.sendTextMessage(roomId, 'one')
    await bob.message(roomId, 'one')
    await bob.client.sendTextMessage(roomId, 'two')
    await alice.message(roomId, 'two')
    await bob.when(() => (room.name === 'Tea' ? true : undefined))
    expect(room.getJoinedMemberCount()).toBe(2)
    expect(bob.client.getRooms().map((known) => known.roomId)).toEqual([roomId])

    const { room_id: secret } = await alice.client.createRoom({
      preset: Preset.PrivateChat,
      invite: [bob.client.getUserId()!],
      initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    })
    await bob.when(() => (bob.client.getRoom(secret)?.getMyMembership() === 'invite' ? true : undefined))
    await bob.client.joinRoom(secret)
    await bob.when(() => (bob.client.getRoom(secret)?.getMyMembership() === 'join' ? true : undefined))
    await alice.when(() => (alice.client.getRoom(secret)?.getMember(bob.client.getUserId()!)?.membership === 'join' ? true : undefined))
    await alice.client.sendTextMessage(secret, 'between us')
    const decrypted = await bob.message(secret, 'between us')
    expect(decrypted.isEncrypted()).toBe(true)

    await alice.client.kick(roomId, bob.client.getUserId()!)
    await bob.when(() => (room.getMyMembership() === 'leave' ? true : undefined))
  })
})
