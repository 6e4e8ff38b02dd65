import { createClient, EventType, MsgType, Preset, Visibility } from 'matrix-js-sdk'
import { type CryptoClient, startCryptoClient } from './crypto-client.ts'
import { silentSdkLogger } from './sdk-logger.ts'
import type { TestUser } from './start-server.ts'

/** A homeserver that scenarios run against: Glia or a real Synapse. Both let anybody register. */
export interface Homeserver {
  readonly url: string
}

export interface Population {
  readonly users: readonly TestUser[]
  readonly rooms: Readonly<Record<'public' | 'private' | 'secret' | 'moderated' | 'gallery', string>>
  /** Content URI of the picture that was posted in the gallery. */
  readonly picture: string
}

/** A red dot: one pixel of PNG. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==', 'base64')

/**
 * Fills a server through matrix-js-sdk, as people do it: 20 users register; five rooms with messages, among them an encrypted one whose
 * messages are read by two others, one where somebody is kicked and another banned, and one with a picture.
 */
export async function populate(server: Homeserver, prefix: string): Promise<Population> {
  const users = await registerUsers(server, prefix, 20)
  const clients = users.map((user) => sdkClient(server, user))
  const [alice, bob, carol] = clients as [ReturnType<typeof sdkClient>, ReturnType<typeof sdkClient>, ReturnType<typeof sdkClient>]
  const ids = users.map(({ userId }) => userId)

  const openRoom = await alice.createRoom({
    name: 'Town square',
    topic: 'Everybody',
    preset: Preset.PublicChat,
    visibility: Visibility.Public,
  })
  for (const client of clients.slice(1)) await client.joinRoom(openRoom.room_id)
  for (const [number, client] of clients.entries()) await client.sendTextMessage(openRoom.room_id, `hello from ${number}`)

  const privateRoom = await bob.createRoom({ name: 'Board', preset: Preset.PrivateChat, invite: ids.slice(2, 6) })
  for (const client of clients.slice(2, 5)) await client.joinRoom(privateRoom.room_id)
  await clients[5]!.leave(privateRoom.room_id)
  const { event_id: regretted } = await bob.sendTextMessage(privateRoom.room_id, 'regretted')
  await bob.redactEvent(privateRoom.room_id, regretted, undefined, { reason: 'slip' })

  const moderated = await carol.createRoom({ name: 'Market', preset: Preset.PublicChat, room_version: '12' })
  for (const client of clients.slice(6, 10)) await client.joinRoom(moderated.room_id)
  await carol.kick(moderated.room_id, ids[6]!, 'calm down')
  await carol.ban(moderated.room_id, ids[7]!, 'spam')

  const gallery = await alice.createRoom({ name: 'Gallery', preset: Preset.PublicChat, room_version: '10' })
  const { content_uri: picture } = await alice.uploadContent(new Blob([PICTURE], { type: 'image/png' }), {
    name: 'dot.png',
    type: 'image/png',
  })
  await alice.sendMessage(gallery.room_id, {
    msgtype: MsgType.Image,
    body: 'dot.png',
    url: picture,
    info: { mimetype: 'image/png', size: PICTURE.length },
  })

  const secret = await talkInSecret(server, users.slice(10, 13))
  return {
    users,
    rooms: { public: openRoom.room_id, private: privateRoom.room_id, moderated: moderated.room_id, gallery: gallery.room_id, secret },
    picture,
  }
}

/** The bytes that `picture` must give back. */
export const pictureBytes: Uint8Array = PICTURE

/** A client that calls the API and does not sync. */
export function sdkClient(server: Homeserver, user: TestUser) {
  return createClient({
    baseUrl: server.url,
    userId: user.userId,
    accessToken: user.accessToken,
    deviceId: user.deviceId,
    logger: silentSdkLogger,
  })
}

async function registerUsers(server: Homeserver, prefix: string, count: number): Promise<TestUser[]> {
  const anonymous = createClient({ baseUrl: server.url, logger: silentSdkLogger })
  const users: TestUser[] = []
  for (let number = 0; number < count; number++) {
    const localpart = `${prefix}${number}`
    const password = `password of ${localpart}`
    const answer = await anonymous.registerRequest({ username: localpart, password, auth: { type: 'm.login.dummy' } })
    users.push({ userId: answer.user_id, localpart, password, accessToken: answer.access_token!, deviceId: answer.device_id! })
  }
  return users
}

/** Three people in an encrypted room; what the first writes is read by the others, and their answers by the first. */
async function talkInSecret(server: Homeserver, users: readonly TestUser[]): Promise<string> {
  const clients: CryptoClient[] = []
  try {
    for (const user of users) clients.push(await startCryptoClient(server, user))
    const [first, ...others] = clients as [CryptoClient, ...CryptoClient[]]
    const { room_id: roomId } = await first.client.createRoom({
      name: 'Secret',
      preset: Preset.PrivateChat,
      invite: users.slice(1).map(({ userId }) => userId),
      initial_state: [{ type: EventType.RoomEncryption, state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    })
    for (const { client } of others) await client.joinRoom(roomId)
    for (const one of clients) {
      const room = await one.room(roomId)
      await one.when(() => (room.getJoinedMemberCount() === clients.length && room.hasEncryptionStateEvent()) || undefined)
    }
    for (const [number, { client }] of clients.entries()) await client.sendTextMessage(roomId, `secret ${number}`)
    for (const one of clients) for (const number of clients.keys()) await one.decrypted(roomId, `secret ${number}`)
    return roomId
  } finally {
    for (const one of clients) one.stop()
  }
}
