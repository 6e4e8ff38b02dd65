import { createHash } from 'node:crypto'
import { type DeviceId, type JsonObject, makeSigningKey, type SigningKey, signJson, type UserId } from '@glia/protocol'

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
