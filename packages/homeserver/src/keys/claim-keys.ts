import type { Transaction } from '@glia/database'
import type { DeviceId, JsonValue, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { isStorableText } from '../storable-text.ts'

export interface WantedKey {
  userId: UserId
  deviceId: DeviceId
  algorithm: string
}

export interface ClaimedKey extends WantedKey {
  keyId: string
  key: JsonValue
}

/**
 * Takes one one-time key of each device, the oldest, so that nobody else gets it; the fallback key where none is left.
 * Devices that have neither are left out.
 */
export async function claimKeys(tx: Transaction<HomeserverSchema>, wanted: readonly WantedKey[]): Promise<ClaimedKey[]> {
  const claimed: ClaimedKey[] = []
  // in one order, so that overlapping claims cannot wait for each other in a circle
  const ordered = wanted.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  for (const one of ordered) {
    if (!isStorableText(one.deviceId) || !isStorableText(one.algorithm)) continue
    const taken = (await takeOneTimeKey(tx, one)) ?? (await useFallbackKey(tx, one))
    if (taken) claimed.push({ ...one, keyId: taken.key_id, key: JSON.parse(taken.json) as JsonValue })
  }
  return claimed
}

function orderOf({ userId, deviceId, algorithm }: WantedKey): string {
  return `${userId}\0${deviceId}\0${algorithm}`
}

async function takeOneTimeKey(tx: Transaction<HomeserverSchema>, { userId, deviceId, algorithm }: WantedKey) {
  for (;;) {
    const oldest = await tx.db
      .selectFrom('one_time_keys')
      .select('key_id')
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .where('algorithm', '=', algorithm)
      .orderBy('uploaded_at_ms')
      .orderBy('key_id')
      .limit(1)
      .executeTakeFirst()
    if (!oldest) return undefined
    const taken = await tx.db
      .deleteFrom('one_time_keys')
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .where('algorithm', '=', algorithm)
      .where('key_id', '=', oldest.key_id)
      .returning(['key_id', 'json'])
      .executeTakeFirst()
    // nothing deleted: somebody else took it between the two statements
    if (taken) return taken
  }
}

async function useFallbackKey(tx: Transaction<HomeserverSchema>, { userId, deviceId, algorithm }: WantedKey) {
  return tx.db
    .updateTable('fallback_keys')
    .set({ used: 1 })
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('algorithm', '=', algorithm)
    .returning(['key_id', 'json'])
    .executeTakeFirst()
}
