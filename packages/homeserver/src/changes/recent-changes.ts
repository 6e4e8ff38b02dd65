import type { Database, Positions } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomChange, SignalBus } from '../signals.ts'

/** What may have changed in some range of positions. Rather too much than too little. */
export interface Changes {
  /** Something of the user's own: memberships, account data, push rules, private receipts, messages to devices, devices and keys. */
  ofUser(userId: UserId): boolean
  /** One of these things in the room. */
  ofRoom(roomId: RoomId, ...what: readonly RoomChange[]): boolean
  /** One of these things in any room. */
  ofAnyRoom(...what: readonly RoomChange[]): boolean
  /** What is seen of whether somebody is online. */
  ofPresence(): boolean
}

/** Nothing is known: everything may have changed. */
export const ANYTHING: Changes = { ofUser: () => true, ofRoom: () => true, ofAnyRoom: () => true, ofPresence: () => true }

const NOTHING: Changes = { ofUser: () => false, ofRoom: () => false, ofAnyRoom: () => false, ofPresence: () => false }
const EVERY_KIND: readonly RoomChange[] = ['message', 'state', 'member', 'receipt', 'devices']

const MAX_ROOMS = 20_000
const MAX_USERS = 50_000
/** Ranges that may wait for one before them, which another connection is about to tell or another process has taken. */
const MAX_AHEAD = 64

/** When each kind of thing changed last in a room. */
type RoomTimes = Partial<Record<RoomChange, number>>

/**
 * The changes of late, in memory, so that a look for news need not ask the database about what did not change (docs/decisions/0023). Made
 * of the signals of this process. Change positions have no gaps: when all of a range were committed here, nothing else happened in it. Of a
 * range with positions of other processes, or older than memory goes, nothing is said.
 */
export class RecentChanges {
  readonly #rooms = new Map<RoomId, RoomTimes>()
  readonly #users = new Map<UserId, number>()
  /** Of all rooms together. */
  readonly #newest: RoomTimes = {}
  /** All changes after this position, up to `#upTo`, are known. undefined: none yet. */
  #after: number | undefined
  #upTo = 0
  /** Beyond `#upTo`, with a gap before it: first position → last. */
  readonly #ahead = new Map<number, number>()
  #presence = 0
  #isTold = false
  readonly #endListening: (() => void)[]

  constructor({ database, signals }: { database: Pick<Database<HomeserverSchema>, 'onPositions'>; signals: SignalBus }) {
    this.#endListening = [
      signals.on('room.changed', ({ roomId, position, what = EVERY_KIND }, isForeign) => {
        if (!isForeign) this.#noteRoom(roomId, position, what)
      }),
      signals.on('user.changed', ({ userId, position }, isForeign) => {
        if (!isForeign) this.#noteUser(userId, position)
      }),
      signals.on('presence.changed', ({ position }, isForeign) => {
        if (isForeign) return
        this.#isTold = true
        this.#presence = Math.max(this.#presence, position)
      }),
      database.onPositions((positions) => this.#commit(positions)),
    ]
  }

  /**
   * What may have changed in (`after`, `upTo`].
   * @returns undefined when this process does not know
   */
  between(after: number, upTo: number): Changes | undefined {
    if (after === upTo) return NOTHING
    if (this.#after === undefined || after < this.#after || upTo > this.#upTo) return undefined
    return {
      ofUser: (userId) => (this.#users.get(userId) ?? 0) > after,
      ofRoom: (roomId, ...what) => {
        const times = this.#rooms.get(roomId)
        return times !== undefined && isNewer(times, after, what)
      },
      ofAnyRoom: (...what) => isNewer(this.#newest, after, what),
      ofPresence: () => this.#presence > after,
    }
  }

  stop(): void {
    for (const end of this.#endListening) end()
  }

  #noteRoom(roomId: RoomId, position: number, what: readonly RoomChange[]): void {
    this.#isTold = true
    const times = this.#rooms.get(roomId) ?? {}
    for (const kind of what) {
      times[kind] = Math.max(times[kind] ?? 0, position)
      this.#newest[kind] = Math.max(this.#newest[kind] ?? 0, position)
    }
    // the rooms that changed last stand last
    this.#rooms.delete(roomId)
    this.#rooms.set(roomId, times)
    if (this.#rooms.size > MAX_ROOMS) this.#forgetOldest(this.#rooms, (old) => Math.max(...Object.values(old)))
  }

  #noteUser(userId: UserId, position: number): void {
    this.#isTold = true
    const newest = Math.max(this.#users.get(userId) ?? 0, position)
    this.#users.delete(userId)
    this.#users.set(userId, newest)
    if (this.#users.size > MAX_USERS) this.#forgetOldest(this.#users, (old) => old)
  }

  #forgetOldest<K, V>(map: Map<K, V>, positionOf: (value: V) => number): void {
    const [key, value] = map.entries().next().value!
    map.delete(key)
    this.#startAfter(positionOf(value))
  }

  /** Of a transaction of this process, everything was told. */
  #commit({ first, last }: Positions): void {
    if (this.#after === undefined) this.#after = this.#upTo = first - 1
    this.#ahead.set(first, last)
    // who takes a position and tells nobody may have changed anything
    if (!this.#isTold) this.#startAfter(last)
    this.#isTold = false
    if (this.#ahead.size > MAX_AHEAD) {
      this.#upTo = Math.min(...this.#ahead.keys()) - 1
      this.#startAfter(this.#upTo)
    }
    for (let next = this.#ahead.get(this.#upTo + 1); next !== undefined; next = this.#ahead.get(this.#upTo + 1)) {
      this.#ahead.delete(this.#upTo + 1)
      this.#upTo = next
    }
  }

  #startAfter(position: number): void {
    this.#after = Math.max(this.#after ?? 0, position)
  }
}

function isNewer(times: RoomTimes, after: number, what: readonly RoomChange[]): boolean {
  return (what.length > 0 ? what : EVERY_KIND).some((kind) => (times[kind] ?? 0) > after)
}
