import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import type { DeviceId, JsonObject, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import { isStorableText } from '../storable-text.ts'
import { keyJson, signedPart } from './key-json.ts'

export interface KeyUpload {
  deviceKeys?: JsonObject | undefined
  /** `algorithm:id` → key. */
  oneTimeKeys?: { [name: string]: unknown } | undefined
  fallbackKeys?: { [name: string]: unknown } | undefined
}

/**
 * Stores the identity keys of a device.
 * @returns whether they are new or others than before
 * @throws MatrixError M_BAD_JSON if they name another user or device
 */
export async function storeDeviceKeys(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  deviceId: DeviceId,
  keys: JsonObject,
): Promise<boolean> {
  requireSame('user_id', 'user', keys.user_id, userId)
  requireSame('device_id', 'user device', keys.device_id, deviceId)
  const { unsigned: _unsigned, ...kept } = keys
  const json = keyJson(kept)
  const before = await tx.db
    .selectFrom('device_keys')
    .select('json')
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  if (before?.json === json) return false
  await tx.db
    .insertInto('device_keys')
    .values({ user_id: userId, device_id: deviceId, json })
    .onConflict((conflict) => conflict.columns(['user_id', 'device_id']).doUpdateSet({ json }))
    .execute()
  if (before && signedPart(JSON.parse(before.json) as JsonObject) !== signedPart(kept)) {
    await tx.db.deleteFrom('key_signatures').where('target_user_id', '=', userId).where('target_id', '=', deviceId).execute()
  }
  return true
}

function requireSame(field: string, owner: string, sent: unknown, own: string): void {
  if (sent === own) return
  throw new MatrixError('M_BAD_JSON', `Provided \`${field}\` in \`device_keys\` does not match that of the authenticated ${owner}`)
}

/** @throws MatrixError M_UNKNOWN if a key id is taken by another key; M_BAD_JSON */
export async function storeOneTimeKeys(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  deviceId: DeviceId,
  keys: { [name: string]: unknown },
  nowMs: number,
): Promise<void> {
  for (const chunk of chunksOf(readKeys('one_time_keys', keys))) {
    await tx.db
      .insertInto('one_time_keys')
      .values(chunk.map((key) => ({ user_id: userId, device_id: deviceId, ...key, uploaded_at_ms: nowMs })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const stored = await tx.db
      .selectFrom('one_time_keys')
      .select(['algorithm', 'key_id', 'json'])
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .where(
        'key_id',
        'in',
        chunk.map(({ key_id }) => key_id),
      )
      .execute()
    const jsonOf = new Map(stored.map(({ algorithm, key_id, json }) => [`${algorithm}:${key_id}`, json]))
    for (const { algorithm, key_id, json } of chunk) {
      const name = `${algorithm}:${key_id}`
      if (jsonOf.get(name) !== json) throw new MatrixError('M_UNKNOWN', `One time key ${name} already exists with another content`)
    }
  }
}

/** Each replaces the one of its algorithm and counts as unused, unless it is the same again. */
export async function storeFallbackKeys(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  deviceId: DeviceId,
  keys: { [name: string]: unknown },
): Promise<void> {
  for (const { algorithm, key_id, json } of readKeys('fallback_keys', keys)) {
    const before = await tx.db
      .selectFrom('fallback_keys')
      .select(['key_id', 'json'])
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .where('algorithm', '=', algorithm)
      .executeTakeFirst()
    if (before?.key_id === key_id && before.json === json) continue
    await tx.db
      .insertInto('fallback_keys')
      .values({ user_id: userId, device_id: deviceId, algorithm, key_id, json, used: 0 })
      .onConflict((conflict) => conflict.columns(['user_id', 'device_id', 'algorithm']).doUpdateSet({ key_id, json, used: 0 }))
      .execute()
  }
}

/** Sorted, so that overlapping uploads lock rows in the same order. */
function readKeys(field: string, keys: { [name: string]: unknown }): { algorithm: string; key_id: string; json: string }[] {
  return Object.entries(keys)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const colon = name.indexOf(':')
      if (colon < 0 || !isStorableText(name)) {
        throw new MatrixError('M_BAD_JSON', `Invalid ${field} key '${name}'. Expected "<algorithm>:<device_id>".`)
      }
      return { algorithm: name.slice(0, colon), key_id: name.slice(colon + 1), json: keyJson(value) }
    })
}
