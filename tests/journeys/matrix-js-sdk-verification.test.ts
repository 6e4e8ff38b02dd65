import { type Device, Preset } from 'matrix-js-sdk'
import {
  type CryptoCallbacks,
  CryptoEvent,
  type ShowSasCallbacks,
  VerificationPhase,
  type VerificationRequest,
  VerificationRequestEvent,
  type Verifier,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type CryptoClient, startCryptoClient } from '../support/crypto-client.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

/** What people do once who care about their messages: verify each other, sign in elsewhere, lose a device. */
let server: TestServer
let aliceUser: TestUser
let bobUser: TestUser
let alice: CryptoClient
let bob: CryptoClient
let roomId: string
const started: CryptoClient[] = []
/** What the SDK itself refers to only weakly: what is not shown on a screen, as here, could be collected while it waits for the other side. */
const shownOnScreen: (VerificationRequest | Verifier)[] = []
/** Alice's key of secret storage: what she writes down. */
let recoveryKey: [string, Uint8Array<ArrayBuffer>] | undefined
const callbacks: CryptoCallbacks = {
  getSecretStorageKey: async () => recoveryKey ?? null,
  cacheSecretStorageKey: (keyId, _info, key) => {
    recoveryKey = [keyId, key]
  },
}

beforeAll(async () => {
  // the SDK waits up to ten seconds, by chance, before it backs up
  vi.spyOn(Math, 'random').mockReturnValue(0.01)
  server = await startTestServer()
  aliceUser = await server.register('alice')
  bobUser = await server.register('bob')
  alice = await start(aliceUser, callbacks)
  bob = await start(bobUser)
  for (const [client, user] of [
    [alice, aliceUser],
    [bob, bobUser],
  ] as const) {
    await client.client.getCrypto()!.bootstrapCrossSigning({
      authUploadDeviceSigningKeys: async (upload) => {
        const identifier = { type: 'm.id.user', user: user.userId }
        await upload({ type: 'm.login.password', identifier, password: user.password })
      },
    })
  }
})
afterAll(async () => {
  for (const client of started) client.stop()
  vi.restoreAllMocks()
  await server?.remove()
})

async function start(user: TestUser, cryptoCallbacks?: CryptoCallbacks): Promise<CryptoClient> {
  const client = await startCryptoClient(server, user, cryptoCallbacks)
  started.push(client)
  return client
}

async function logIn(user: TestUser): Promise<TestUser> {
  const identifier = { type: 'm.id.user', user: user.userId }
  const { body } = await server.api('POST', '/_matrix/client/v3/login', {
    body: { type: 'm.login.password', identifier, password: user.password },
  })
  return { ...user, accessToken: body.access_token, deviceId: body.device_id }
}

/** The next request for verification that comes to the client. */
function nextRequest({ client }: CryptoClient): Promise<VerificationRequest> {
  return new Promise((resolve) => client.once(CryptoEvent.VerificationRequestReceived, resolve))
}

/** Both compare the emojis and find them the same. */
async function verifyByEmoji(asking: VerificationRequest, asked: VerificationRequest): Promise<void> {
  const untilTrue = (request: VerificationRequest, look: () => unknown) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (look()) resolve()
      }
      request.on(VerificationRequestEvent.Change, check)
      check()
    })
  await asked.accept()
  await untilTrue(asking, () => asking.phase === VerificationPhase.Ready)
  const first = await asking.startVerification('m.sas.v1')
  await untilTrue(asked, () => asked.verifier)
  const second = asked.verifier!
  shownOnScreen.push(asking, asked, first, second)
  const shown = (verifier: Verifier) =>
    new Promise<ShowSasCallbacks>((resolve) => {
      const now = verifier.getShowSasCallbacks()
      if (now) resolve(now)
      verifier.once(VerifierEvent.ShowSas, resolve)
    })
  const both = [shown(first), shown(second)]
  const done = Promise.all([first.verify(), second.verify()])
  // a verification that is called off shows nothing
  const [mine, theirs] = await Promise.race([Promise.all(both), done.then(() => [])])
  expect(mine!.sas.emoji).toHaveLength(7)
  expect(mine!.sas.emoji).toEqual(theirs!.sas.emoji)
  await Promise.all([mine!.confirm(), theirs!.confirm()])
  await done
}

/** A room of both, encrypted, where each knows the devices of the other. */
async function shareRoom(): Promise<string> {
  const { room_id } = await alice.client.createRoom({
    preset: Preset.TrustedPrivateChat,
    is_direct: true,
    invite: [bobUser.userId],
    initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
  })
  await bob.room(room_id)
  await bob.client.joinRoom(room_id)
  await alice.room(room_id)
  await alice.when(async () => (await devicesOf(alice, bobUser.userId)).has(bobUser.deviceId) || undefined)
  return room_id
}

test('two users verify each other by messages in their room', { timeout: 20_000 }, async () => {
  const sharedRoomId = await shareRoom()
  const asked = nextRequest(bob)
  const asking = await alice.client.getCrypto()!.requestVerificationDM(bobUser.userId, sharedRoomId)
  const request = await asked
  expect(request.roomId).toBe(sharedRoomId)
  await verifyByEmoji(asking, request)
  const trusts = (who: CryptoClient, whom: string) =>
    who.when(async () => (await who.client.getCrypto()!.getUserVerificationStatus(whom)).isCrossSigningVerified() || undefined)
  await Promise.all([trusts(alice, bobUser.userId), trusts(bob, aliceUser.userId)])
})

test('two users verify each other from device to device', { timeout: 20_000 }, async () => {
  roomId = await shareRoom()
  const asked = nextRequest(bob)
  const asking = await alice.client.getCrypto()!.requestDeviceVerification(bobUser.userId, bobUser.deviceId)
  await verifyByEmoji(asking, await asked)
})

test('a new device is verified by an old one and reads what was said before, from the backup', { timeout: 60_000 }, async () => {
  const crypto = alice.client.getCrypto()!
  await bob.client.sendTextMessage(roomId, 'said before')
  await alice.decrypted(roomId, 'said before')
  await crypto.bootstrapSecretStorage({
    createSecretStorageKey: () => crypto.createRecoveryKeyFromPassphrase(),
    setupNewSecretStorage: true,
    setupNewKeyBackup: true,
  })
  await untilBackedUp()

  const newDevice = await logIn(aliceUser)
  const second = await start(newDevice)
  const asked = nextRequest(alice)
  await second.when(async () => (await devicesOf(second, aliceUser.userId)).has(aliceUser.deviceId) || undefined)
  const asking = await second.client.getCrypto()!.requestOwnUserVerification()
  await verifyByEmoji(asking, await asked)
  // the old device hands over the keys of cross-signing and of the backup
  await second.when(async () => (await second.client.getCrypto()!.isCrossSigningReady()) || undefined)
  await second.when(async () => (await second.client.getCrypto()!.getSessionBackupPrivateKey()) ?? undefined)
  await second.client.getCrypto()!.checkKeyBackupAndEnable()
  const { imported } = await second.client.getCrypto()!.restoreKeyBackup()
  expect(imported).toBeGreaterThan(0)
  await second.decrypted(roomId, 'said before')
})

test('whoever lost all devices restores from the backup with the recovery key', { timeout: 60_000 }, async () => {
  for (const client of started) if (client !== bob) client.stop()
  const third = await start(await logIn(aliceUser), callbacks)
  const crypto = third.client.getCrypto()!
  await crypto.bootstrapCrossSigning({})
  await crypto.loadSessionBackupPrivateKeyFromSecretStorage()
  await crypto.checkKeyBackupAndEnable()
  const { imported, total } = await crypto.restoreKeyBackup()
  expect(imported).toBe(total)
  expect(imported).toBeGreaterThan(0)
  await third.decrypted(roomId, 'said before')
  const status = await crypto.getDeviceVerificationStatus(aliceUser.userId, third.client.getDeviceId()!)
  expect(status?.signedByOwner).toBe(true)
})

test('who is signed out everywhere is told what is said meanwhile, by the dehydrated device', { timeout: 60_000 }, async () => {
  for (const client of started) if (client !== bob) client.stop()
  const fourthUser = await logIn(aliceUser)
  const fourth = await start(fourthUser, callbacks)
  await fourth.client.getCrypto()!.bootstrapCrossSigning({})
  expect(await fourth.client.getCrypto()!.isDehydrationSupported()).toBe(true)
  await fourth.client.getCrypto()!.startDehydration()
  const isSigned = async (deviceId: string) =>
    (await bob.client.getCrypto()!.getDeviceVerificationStatus(aliceUser.userId, deviceId))?.signedByOwner
  await bob.when(async () => {
    const devices = [...(await devicesOf(bob, aliceUser.userId)).values()]
    const dehydrated = devices.find((device) => device.dehydrated)
    return dehydrated && ((await isSigned(dehydrated.deviceId)) || undefined)
  })
  fourth.stop()
  await server.api('POST', '/_matrix/client/v3/logout', { token: fourthUser.accessToken, body: {} })
  await bob.when(async () => !(await devicesOf(bob, aliceUser.userId)).has(fourthUser.deviceId) || undefined)
  await bob.client.sendTextMessage(roomId, 'said meanwhile')

  const fifth = await start(await logIn(aliceUser), callbacks)
  await fifth.client.getCrypto()!.bootstrapCrossSigning({})
  await fifth.client.getCrypto()!.startDehydration()
  await fifth.decrypted(roomId, 'said meanwhile')
})

function untilBackedUp(): Promise<true> {
  return alice.when(async () => {
    const { body } = await server.api('GET', '/_matrix/client/v3/room_keys/version', { token: aliceUser.accessToken })
    return body.count > 0 || undefined
  })
}

async function devicesOf(viewer: CryptoClient, userId: string): Promise<Map<string, Device>> {
  return (await viewer.client.getCrypto()!.getUserDeviceInfo([userId])).get(userId) ?? new Map()
}
