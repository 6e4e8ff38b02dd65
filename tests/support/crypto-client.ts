import { ClientEvent, createClient, type MatrixClient, type MatrixEvent, MatrixEventEvent, type Room, RoomEvent } from 'matrix-js-sdk'
import { type CryptoCallbacks, CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js'
import { silentSdkLogger } from './sdk-logger.ts'
import type { TestServer, TestUser } from './start-server.ts'
import { type When, whenOf } from './when.ts'

/** matrix-js-sdk with its Rust crypto, as Element uses it, everything in memory. */
export interface CryptoClient {
  readonly client: MatrixClient
  /** The message with this text, once it is there and decrypted. */
  decrypted(roomId: string, body: string): Promise<MatrixEvent>
  /** The room, once this client knows it. */
  room(roomId: string): Promise<Room>
  readonly when: When
  stop(): void
}

/** Starts a client for a user that is logged in, and waits for its first sync. @param cryptoCallbacks give and take keys of secret storage */
export async function startCryptoClient(
  server: Pick<TestServer, 'url'>,
  user: TestUser,
  cryptoCallbacks: CryptoCallbacks = {},
): Promise<CryptoClient> {
  const { userId, deviceId, accessToken } = user
  const client = createClient({ baseUrl: server.url, accessToken, userId, deviceId, logger: silentSdkLogger, cryptoCallbacks })
  await client.initRustCrypto({ useIndexedDB: false })
  const when = whenOf(client, [
    ClientEvent.Sync,
    ClientEvent.Room,
    RoomEvent.Timeline,
    RoomEvent.MyMembership,
    MatrixEventEvent.Decrypted,
    CryptoEvent.DevicesUpdated,
    CryptoEvent.KeysChanged,
    CryptoEvent.KeyBackupSessionsRemaining,
    CryptoEvent.UserTrustStatusChanged,
  ])
  await client.startClient({ lazyLoadMembers: true })
  await when(() => client.isInitialSyncComplete() || undefined)
  return {
    client,
    when,
    decrypted: (roomId, body) =>
      when(() => {
        const events = client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? []
        return events.find((event) => event.isEncrypted() && event.getContent().body === body)
      }),
    room: (roomId) => when(() => client.getRoom(roomId) ?? undefined),
    stop: () => client.stopClient(),
  }
}
