import type { Reads } from '@glia/database'
import type { Random } from '@glia/platform'
import { sql } from 'kysely'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'

export interface RoomSize {
  readonly roomId: string
  /** Bytes of its events. */
  readonly bytes: number
}

const SHOWN = 10
/** Up to so many change positions every event is looked at. */
const COUNTED = 20_000
const SAMPLES = 10_000

/**
 * The rooms with most bytes of events. On a large server from a sample of the positions: the cost does not grow with the server, and only
 * rooms that matter are found.
 */
export async function largestRooms(db: Reads<HomeserverSchema>, random: Random): Promise<RoomSize[]> {
  const newest = (await db.selectFrom('events').select('position').orderBy('position', 'desc').limit(1).executeTakeFirst())?.position ?? 0
  return newest <= COUNTED ? sizesAmong(db, undefined, 1) : sampled(db, newest, random)
}

async function sampled(db: Reads<HomeserverSchema>, newest: number, random: Random): Promise<RoomSize[]> {
  const positions = Array.from({ length: SAMPLES }, () => 1 + random.integer(newest))
  const bytes = new Map<string, number>()
  for (const chunk of chunksOf(positions)) {
    for (const { roomId, bytes: found } of await sizesAmong(db, chunk, newest / SAMPLES))
      bytes.set(roomId, (bytes.get(roomId) ?? 0) + found)
  }
  return [...bytes]
    .map(([roomId, size]) => ({ roomId, bytes: size }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, SHOWN)
}

async function sizesAmong(db: Reads<HomeserverSchema>, positions: readonly number[] | undefined, scale: number): Promise<RoomSize[]> {
  const rows = await db
    .selectFrom('events')
    .select(['room_id', sql<number>`SUM(LENGTH(json))`.as('bytes')])
    .$if(positions !== undefined, (query) => query.where('position', 'in', positions!))
    .groupBy('room_id')
    .orderBy('bytes', 'desc')
    .orderBy('room_id')
    .$if(positions === undefined, (query) => query.limit(SHOWN))
    .execute()
  return rows.map(({ room_id, bytes }) => ({ roomId: room_id, bytes: Math.round(Number(bytes) * scale) }))
}
