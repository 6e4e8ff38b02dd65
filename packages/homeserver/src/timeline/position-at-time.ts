import type { Reads } from '@glia/database'
import type { HomeserverSchema } from '../schema.ts'

/**
 * The position of the first event received at a time (ms) or later; undefined if there is none. Events arrive in the order of their
 * positions, so a few looks find it among any number. Those written at the same moment by several processes may be a little out of order.
 */
export async function firstPositionSince(db: Reads<HomeserverSchema>, receivedAtMs: number): Promise<number | undefined> {
  const lookFrom = (position: number) =>
    db
      .selectFrom('events')
      .select(['position', 'received_at_ms'])
      .where('position', '>=', position)
      .orderBy('position')
      .limit(1)
      .executeTakeFirst()
  const newest = await db.selectFrom('events').select('position').orderBy('position', 'desc').limit(1).executeTakeFirst()
  let found: number | undefined
  let [low, high] = [0, newest?.position ?? -1]
  while (low <= high) {
    const middle = Math.floor((low + high) / 2)
    const event = await lookFrom(middle)
    if (!event || event.received_at_ms >= receivedAtMs) {
      if (event) found = event.position
      high = middle - 1
    } else {
      low = event.position + 1
    }
  }
  return found
}
