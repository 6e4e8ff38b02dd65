import type { Reads } from '@glia/database'
import type { DeviceId, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** One-time keys that are left, by algorithm; `signed_curve25519` is always there, since clients take its absence for "unchanged". */
export async function oneTimeKeyCounts(db: Reads<HomeserverSchema>, userId: UserId, deviceId: DeviceId): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('one_time_keys')
    .select(['algorithm', (of) => of.fn.countAll<number>().as('count')])
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .groupBy('algorithm')
    .execute()
  return Object.fromEntries([['signed_curve25519', 0], ...rows.map(({ algorithm, count }) => [algorithm, count] as const)])
}

/** Algorithms for which the device has a fallback key that was not handed out yet. */
export async function unusedFallbackKeyTypes(db: Reads<HomeserverSchema>, userId: UserId, deviceId: DeviceId): Promise<string[]> {
  const rows = await db
    .selectFrom('fallback_keys')
    .select('algorithm')
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('used', '=', 0)
    .orderBy('algorithm')
    .execute()
  return rows.map(({ algorithm }) => algorithm)
}
