import { ClientEvent, createClient, type MatrixClient, type MatrixEvent, MatrixEventEvent, type Room, RoomEvent } from 'matrix-js-sdk'
import { type CryptoCallbacks, CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js'
import { silentSdkLogger } from './sdk-logger.ts'
import type { TestServer, TestUser } from './start-server.ts'

/** matrix-js-sdk with its Rust crypto, as Element uses it, everything in memory. */
export interface CryptoClient {
  readonly client: MatrixClient
  /** The message with this text, once it is there and decrypted. */
  decrypted(roomId: string, body: string): Promise<MatrixEvent>
  /** The room, once this client knows it. */
  room(roomId: string): Promise<Room>
  /** Resolves once `look` finds something; it looks again after everything that happens to the client. */
  when<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T>
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
  const waiters = new Set<() => void>()
  for (const event of [
    ClientEvent.Sync,
    ClientEvent.Room,
    RoomEvent.Timeline,
    RoomEvent.MyMembership,
    MatrixEventEvent.Decrypted,
    CryptoEvent.DevicesUpdated,
    CryptoEvent.KeysChanged,
    CryptoEvent.KeyBackupSessionsRemaining,
    CryptoEvent.UserTrustStatusChanged,
  ]) {
    client.on(event as ClientEvent.Sync, () => {
      for (const waiter of waiters) waiter()
    })
  }
  const when = <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const waiter = async () => {
        const found = await look()
        if (found === undefined) return
        waiters.delete(check)
        resolve(found)
      }
      const check = () => void waiter().catch(reject)
      waiters.add(check)
      check()
    })
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
