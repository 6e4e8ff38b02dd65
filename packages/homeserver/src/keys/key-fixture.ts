import { createHash } from 'node:crypto'
import type { DialectName } from '@glia/database'
import { type DeviceId, type JsonObject, makeSigningKey, type SigningKey, signJson, type UserId } from '@glia/protocol'
import { openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { addTestUser } from '../users/user-fixture.ts'
import { createKeys, deviceListUpdates } from './index.ts'

/** Keys of devices and users as clients make them, the same at each run. For tests. */
export function signingKeyOf(name: string): SigningKey {
  return makeSigningKey('x', createHash('sha256').update(name).digest())
}

/** A signing key under the id that devices and cross-signing keys have: `ed25519:` and a device id or the public key itself. */
export function named(key: SigningKey, name: string = key.publicKeyBase64): SigningKey {
  return { ...key, keyId: `ed25519:${name}` }
}

/** Signed device keys. @param identity other keys for the same device */
export function deviceKeysOf(userId: UserId, deviceId: DeviceId, identity = ''): JsonObject {
  const key = deviceSigningKey(userId, deviceId, identity)
  return signJson(
    {
      user_id: userId,
      device_id: deviceId,
      algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
      keys: { [key.keyId]: key.publicKeyBase64, [`curve25519:${deviceId}`]: signingKeyOf(`curve ${deviceId}`).publicKeyBase64 },
    },
    userId,
    key,
  )
}

export function deviceSigningKey(userId: UserId, deviceId: DeviceId, identity = ''): SigningKey {
  return named(signingKeyOf(`${userId} ${deviceId}${identity}`), deviceId)
}

export interface CrossSigningKeys {
  master: SigningKey
  selfSigning: SigningKey
  userSigning: SigningKey
  /** The three key objects, the sub-keys signed by the master key. */
  upload: { master: JsonObject; self_signing: JsonObject; user_signing: JsonObject }
}

/** @param generation another number, other keys */
export function crossSigningKeysOf(userId: UserId, generation = 1): CrossSigningKeys {
  const keyFor = (usage: string) => named(signingKeyOf(`${userId} ${usage} ${generation}`))
  const [master, selfSigning, userSigning] = [keyFor('master'), keyFor('self_signing'), keyFor('user_signing')]
  const object = (usage: string, { keyId, publicKeyBase64 }: SigningKey) => ({
    user_id: userId,
    usage: [usage],
    keys: { [keyId]: publicKeyBase64 },
  })
  return {
    master,
    selfSigning,
    userSigning,
    upload: {
      master: object('master', master),
      self_signing: signJson(object('self_signing', selfSigning), userId, master),
      user_signing: signJson(object('user_signing', userSigning), userId, master),
    },
  }
}

/** For tests: a database with keys on it; each call of `addUsers` gives users that no other test has. */
export async function openKeysFixture(dialect: DialectName) {
  const fixture = await openTimelineFixture(dialect)
  const keys = createKeys(fixture)
  let generation = 0
  const now = () => fixture.database.currentPosition()
  return {
    ...fixture,
    keys,
    now,
    /** Alice has the devices ADEVICE and ASECOND, Bob has BDEVICE, Carol has none. */
    async addUsers() {
      generation += 1
      const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => `@${name}${generation}:glia.test` as UserId) as Three<UserId>
      await addTestUser(fixture.database, alice, [device, second])
      await addTestUser(fixture.database, bob, [bobDevice])
      await addTestUser(fixture.database, carol)
      return { alice, bob, carol }
    },
    query: (asker: UserId, ...users: UserId[]) => keys.query(asker, new Map(users.map((userId) => [userId, []]))),
    uploadDevice: (userId: UserId, deviceId: DeviceId) => keys.upload(userId, deviceId, { deviceKeys: deviceKeysOf(userId, deviceId) }),
    claim: (userId: UserId, deviceId: DeviceId) => keys.claim([{ userId, deviceId, algorithm: 'signed_curve25519' }]),
    /** `changed` of the viewer's device lists since a position. */
    changedFor: async (viewer: UserId, since: number) =>
      (await deviceListUpdates(fixture.database.read, viewer, since, await now())).changed.sort(),
  }
}

type Three<T> = [T, T, T]

export const device = 'ADEVICE' as DeviceId
export const second = 'ASECOND' as DeviceId
export const bobDevice = 'BDEVICE' as DeviceId

/** One-time keys with these ids, as they are uploaded. */
export function oneTimeKeys(...ids: string[]): { [name: string]: JsonObject } {
  return Object.fromEntries(ids.map((id) => [`signed_curve25519:${id}`, { key: `key ${id}`, signatures: {} }]))
}
