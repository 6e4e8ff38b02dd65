import type { Reads } from '@glia/database'
import type { DeviceId, UserId } from '@glia/protocol'
import { sql } from 'kysely'
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

/** The one-time keys that are left, and the algorithms with an unused fallback key, in one statement: both go with every answer to /sync. */
export async function keyCounts(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  deviceId: DeviceId,
): Promise<{ oneTime: Record<string, number>; unusedFallback: string[] }> {
  const fallback = db
    .selectFrom('fallback_keys')
    .select(['algorithm', sql<number>`0`.as('count')])
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('used', '=', 0)
  const rows = await db
    .selectFrom('one_time_keys')
    .select(['algorithm', (of) => of.fn.countAll<number>().as('count')])
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .groupBy('algorithm')
    .unionAll(fallback)
    .execute()
  const left = rows.filter(({ count }) => count > 0).map(({ algorithm, count }) => [algorithm, count] as const)
  return {
    oneTime: Object.fromEntries([['signed_curve25519', 0], ...left]),
    unusedFallback: rows.flatMap(({ algorithm, count }) => (count === 0 ? [algorithm] : [])).sort(),
  }
}
