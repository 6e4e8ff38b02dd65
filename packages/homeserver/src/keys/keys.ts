import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { DeviceId, JsonObject, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { deleteQueues } from '../to-device/index.ts'
import { addSignatures } from './add-signatures.ts'
import { type ClaimedKey, claimKeys, type WantedKey } from './claim-keys.ts'
import { oneTimeKeyCounts } from './counts.ts'
import { type CrossSigningUpload, findCrossSigningKeys, grantReset, storeCrossSigningKeys } from './cross-signing.ts'
import { deviceListChanged, userSignatureAdded } from './device-lists.ts'
import { type QueriedKeys, queryKeys } from './query-keys.ts'
import { type KeyUpload, storeDeviceKeys, storeFallbackKeys, storeOneTimeKeys } from './upload-keys.ts'

/** The keys of local users and their devices (Client-Server API, "End-to-End Encryption"). */
export interface Keys {
  /** @returns the one-time keys that the device has now, by algorithm. @throws MatrixError M_BAD_JSON, M_UNKNOWN */
  upload(userId: UserId, deviceId: DeviceId, upload: KeyUpload): Promise<Record<string, number>>
  /** The same inside a transaction. */
  uploadIn(tx: Transaction<HomeserverSchema>, userId: UserId, deviceId: DeviceId, upload: KeyUpload): Promise<Record<string, number>>
  query(asker: UserId, wanted: ReadonlyMap<UserId, readonly string[]>): Promise<QueriedKeys>
  claim(wanted: readonly WantedKey[]): Promise<ClaimedKey[]>
  /**
   * @param proven the user has proved who they are for this upload
   * @returns false (and nothing stored) if they must do so first
   * @throws MatrixError M_INVALID_PARAM, M_MISSING_PARAM, M_INVALID_SIGNATURE, M_FORBIDDEN
   */
  uploadCrossSigning(userId: UserId, upload: CrossSigningUpload, proven: boolean): Promise<boolean>
  /** @returns user → device id or public key → why its signatures were not taken */
  uploadSignatures(userId: UserId, upload: ReadonlyMap<string, JsonObject>): Promise<Map<string, Map<string, MatrixError>>>
  /**
   * Lets the user replace cross-signing keys without proof until then, once.
   * @throws MatrixError M_NOT_FOUND if there are none
   */
  allowCrossSigningReset(tx: Transaction<HomeserverSchema>, userId: UserId, untilMs: number): Promise<void>
  /** To be told when devices of a user came, went or were renamed: a change that everybody who shares a room sees. */
  deviceListChanged(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
  /** Forgets the keys and waiting messages of devices that were deleted, and tells everybody who shares a room. */
  deleteDeviceData(tx: Transaction<HomeserverSchema>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
  /** Forgets cross-signing keys too, as when the account is deactivated. */
  deleteUserData(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
}

export function createKeys(deps: { database: Database<HomeserverSchema>; signals: SignalBus; clock: Clock }): Keys {
  const { database, signals, clock } = deps

  const uploadIn: Keys['uploadIn'] = async (tx, userId, deviceId, { deviceKeys, oneTimeKeys, fallbackKeys }) => {
    const changed = deviceKeys !== undefined && (await storeDeviceKeys(tx, userId, deviceId, deviceKeys))
    if (oneTimeKeys) await storeOneTimeKeys(tx, userId, deviceId, oneTimeKeys, clock.nowMs())
    if (fallbackKeys) await storeFallbackKeys(tx, userId, deviceId, fallbackKeys)
    const counts = await oneTimeKeyCounts(tx.db, userId, deviceId)
    if (changed) await deviceListChanged(tx, signals, userId)
    return counts
  }

  return {
    uploadIn,
    upload: (userId, deviceId, upload) => database.transaction((tx) => uploadIn(tx, userId, deviceId, upload)),
    query: (asker, wanted) => queryKeys(database.read, asker, wanted),
    claim: (wanted) => database.transaction((tx) => claimKeys(tx, wanted)),
    uploadCrossSigning: (userId, upload, proven) =>
      database.transaction(async (tx) => {
        const result = await storeCrossSigningKeys(tx, userId, upload, { proven, nowMs: clock.nowMs() })
        if (result === 'stored') await deviceListChanged(tx, signals, userId)
        return result !== 'proof-needed'
      }),
    uploadSignatures: (userId, upload) =>
      database.transaction(async (tx) => {
        const { failures, ownChanged, signedUsers } = await addSignatures(tx, userId, upload)
        for (const signed of signedUsers) await userSignatureAdded(tx, signals, userId, signed)
        if (ownChanged) await deviceListChanged(tx, signals, userId)
        return failures
      }),
    async allowCrossSigningReset(tx, userId, untilMs) {
      if (!(await findCrossSigningKeys(tx.db, userId)).has('master')) {
        throw new MatrixError('M_NOT_FOUND', 'User has no master cross-signing key')
      }
      await grantReset(tx, userId, untilMs)
    },
    deviceListChanged: (tx, userId) => deviceListChanged(tx, signals, userId),
    async deleteDeviceData(tx, userId, deviceIds) {
      for (const chunk of chunksOf(deviceIds)) {
        for (const table of ['device_keys', 'one_time_keys', 'fallback_keys'] as const) {
          await tx.db.deleteFrom(table).where('user_id', '=', userId).where('device_id', 'in', chunk).execute()
        }
        await tx.db.deleteFrom('key_signatures').where('target_user_id', '=', userId).where('target_id', 'in', chunk).execute()
      }
      await deleteQueues(tx, userId, deviceIds)
      await deviceListChanged(tx, signals, userId)
    },
    async deleteUserData(tx, userId) {
      await tx.db.deleteFrom('cross_signing_keys').where('user_id', '=', userId).execute()
      await tx.db.deleteFrom('cross_signing_reset_grants').where('user_id', '=', userId).execute()
      await tx.db.deleteFrom('key_signatures').where('target_user_id', '=', userId).execute()
      await tx.db.deleteFrom('key_signatures').where('signer_user_id', '=', userId).execute()
      await tx.db.deleteFrom('user_signature_changes').where('signer_user_id', '=', userId).execute()
      await deviceListChanged(tx, signals, userId)
    },
  }
}
