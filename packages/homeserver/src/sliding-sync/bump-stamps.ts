import type { Database } from '@glia/database'
import { LruCache } from '@glia/platform'
import { eventTypes, type RoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** Events that move a room up in lists (MSC4186). */
const BUMPING_TYPES = [
  eventTypes.create,
  eventTypes.message,
  eventTypes.encrypted,
  'm.sticker',
  'm.call.invite',
  'm.poll.start',
  'org.matrix.msc3381.poll.start',
  'm.beacon_info',
  'org.matrix.msc3672.beacon_info',
]

const CACHED_ROOMS = 100_000
/** Up to this many rooms in one statement; SQLite joins at most 500 selects. */
const ROOMS_AT_ONCE = 100

interface KnownStamp {
  readonly stamp: number
  /** Nothing up to this position changes it. */
  readonly asOf: number
}

/** Positions of the newest events that move rooms up. Rooms without a new event since the last look cost nothing. */
export class BumpStamps {
  readonly #database: Database<HomeserverSchema>
  readonly #known = new LruCache<RoomId, KnownStamp>(CACHED_ROOMS)

  constructor(database: Database<HomeserverSchema>) {
    this.#database = database
  }

  async of(rooms: readonly { roomId: RoomId; lastPosition: number }[], now: number): Promise<Map<RoomId, number>> {
    const stamps = new Map<RoomId, number>()
    const open: { roomId: RoomId; after: number; stamp: number }[] = []
    for (const { roomId, lastPosition } of rooms) {
      const { stamp, asOf } = this.#known.get(roomId) ?? { stamp: 0, asOf: -1 }
      stamps.set(roomId, stamp)
      if (lastPosition > asOf) open.push({ roomId, after: asOf, stamp })
    }
    for (let from = 0; from < open.length; from += ROOMS_AT_ONCE) {
      const part = open.slice(from, from + ROOMS_AT_ONCE)
      const found = new Map(await this.#newest(part, now))
      for (const { roomId, after, stamp } of part) {
        const newest = Math.max(stamp, found.get(roomId) ?? 0)
        stamps.set(roomId, newest)
        if (now > after) this.#known.set(roomId, { stamp: newest, asOf: now })
      }
    }
    return stamps
  }

  async #newest(rooms: readonly { roomId: RoomId; after: number }[], now: number): Promise<[RoomId, number][]> {
    const parts = rooms.map(({ roomId, after }) => {
      const newest = this.#database.read
        .selectFrom('events')
        .select(['room_id', 'position'])
        .where('room_id', '=', roomId)
        .where('position', '>', after)
        .where('position', '<=', now)
        .where('type', 'in', BUMPING_TYPES)
        .where('rejected_reason', 'is', null)
        .where('soft_failed', '=', 0)
        .orderBy('position', 'desc')
        .limit(1)
        .as('newest')
      return this.#database.read.selectFrom(newest).selectAll()
    })
    const rows = await parts.reduce((all, part) => all.unionAll(part)).execute()
    return rows.map(({ room_id, position }) => [room_id as RoomId, position])
  }
}
