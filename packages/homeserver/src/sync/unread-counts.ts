import type { Database, Reads } from '@glia/database'
import { LruCache } from '@glia/platform'
import type { JsonObject, RoomId, UserId } from '@glia/protocol'
import type { RecentChanges } from '../changes/index.ts'
import { type ReadPosition, readPositions } from '../receipts/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { OwnRoom } from './own-rooms.ts'
import { mayNotifyOfMembers, PushEvaluator } from './push-evaluator.ts'
import { isRead, loadUnread, type UnreadEvent } from './unread-events.ts'

export interface UnreadCount {
  notifications: number
  highlights: number
}

export interface UnreadCounts {
  /** Of everything but threads. */
  readonly main: UnreadCount
  /** By the thread's root. */
  readonly threads: ReadonlyMap<string, UnreadCount>
}

/** What was counted for a user in a room, to be carried on from. */
interface Tally {
  /** How far the user had read the room, or else when they came in. */
  readonly position: ReadPosition
  /** Which state of the user's push rules it was counted by. */
  readonly rules: number
  /** The newest event that was looked at. */
  readonly upTo: number
  readonly counts: UnreadCounts
}

const TALLIES = 100_000

/**
 * Counts what a user has not read, by the user's push rules (docs/decisions/0020). Counting starts after the newest receipt, or where there is
 * none after the own join, and is carried on in memory: an answer to /sync looks only at the events that are new.
 */
export class UnreadCounter {
  readonly #database: Database<HomeserverSchema>
  readonly #tallies = new LruCache<string, Tally>(TALLIES)
  /** Shared with those who need the events, not their number. */
  readonly evaluator: PushEvaluator

  readonly #changes: RecentChanges

  constructor(database: Database<HomeserverSchema>, changes: RecentChanges) {
    this.#database = database
    this.#changes = changes
    this.evaluator = new PushEvaluator(database, changes)
  }

  /** The counts of each room, up to a position. */
  async count(
    userId: UserId,
    rooms: readonly OwnRoom[],
    now: number,
    ignoredUsers: ReadonlySet<string>,
  ): Promise<Map<RoomId, UnreadCounts>> {
    const counts = new Map<RoomId, UnreadCounts>()
    if (rooms.length === 0) return counts
    const db = this.#database.read
    const rules = await this.evaluator.rulesOf(userId, now)
    const positions = await this.#startPositions(db, userId, rooms, now)
    const starts = rooms.map((room) => this.#startOf(userId, room, positions.get(room.roomId)!, rules.generation))
    const unread = await loadUnread(
      db,
      userId,
      starts.filter(({ room, after }) => room.lastPosition > after).map(({ room, after }) => ({ roomId: room.roomId, after })),
      { now, withMembers: mayNotifyOfMembers(rules.ruleset) },
    )
    const evaluate = this.evaluator.evaluate(userId, rules)
    for (const { room, after, position, tally } of starts) {
      const events = (unread.get(room.roomId) ?? []).filter(({ sender }) => !ignoredUsers.has(sender))
      const total = copyOf(tally?.counts)
      for (const event of events) {
        if (!isRead(event, position)) addTo(total, event, await evaluate(room, event))
      }
      counts.set(room.roomId, total)
      const upTo = Math.max(now, after)
      this.#tallies.set(`${userId} ${room.roomId}`, { position, rules: rules.generation, upTo, counts: total })
    }
    return counts
  }

  #startOf(userId: UserId, room: OwnRoom, position: ReadPosition, rules: number) {
    const known = this.#tallies.get(`${userId} ${room.roomId}`)
    const tally = known && isSamePosition(known.position, position) && known.rules === rules ? known : undefined
    return { room, position, tally, after: tally?.upTo ?? position.room }
  }

  /** From where on the user has not read each room; from memory where no receipt can have changed. */
  async #startPositions(
    db: Reads<HomeserverSchema>,
    userId: UserId,
    rooms: readonly OwnRoom[],
    now: number,
  ): Promise<Map<RoomId, ReadPosition>> {
    const positions = new Map<RoomId, ReadPosition>()
    for (const { roomId } of rooms) {
      const tally = this.#tallies.get(`${userId} ${roomId}`)
      const changes = tally && this.#changes.between(Math.min(tally.upTo, now), Math.max(tally.upTo, now))
      if (changes && !changes.ofUser(userId) && !changes.ofRoom(roomId, 'receipt')) positions.set(roomId, tally.position)
    }
    const open = rooms.filter(({ roomId }) => !positions.has(roomId))
    const read = await readPositions(
      db,
      userId,
      open.map(({ roomId }) => roomId),
    )
    const joins = await this.evaluator.joinPositions(open.filter(({ roomId }) => !read.get(roomId)?.room))
    for (const { roomId } of open) {
      const { room = 0, threads = new Map<string, number>() } = read.get(roomId) ?? {}
      positions.set(roomId, { room: Math.max(room, joins.get(roomId) ?? 0), threads })
    }
    return positions
  }
}

function isSamePosition(a: ReadPosition, b: ReadPosition): boolean {
  return (
    a === b || (a.room === b.room && a.threads.size === b.threads.size && [...a.threads].every(([root, at]) => b.threads.get(root) === at))
  )
}

function copyOf(counts: UnreadCounts | undefined): { main: UnreadCount; threads: Map<string, UnreadCount> } {
  return {
    main: { ...(counts?.main ?? { notifications: 0, highlights: 0 }) },
    threads: new Map([...(counts?.threads ?? [])].map(([root, count]) => [root, { ...count }])),
  }
}

function addTo(
  total: { main: UnreadCount; threads: Map<string, UnreadCount> },
  event: UnreadEvent,
  result: { notify: boolean; highlight: boolean },
): void {
  if (!result.notify) return
  let count = total.main
  if (event.threadId !== undefined) {
    count = total.threads.get(event.threadId) ?? { notifications: 0, highlights: 0 }
    total.threads.set(event.threadId, count)
  }
  count.notifications++
  if (result.highlight) count.highlights++
}

/** The wire form: with thread counts apart or, for clients that do not know them, added up. */
export function unreadToWire(counts: UnreadCounts, withThreads: boolean): JsonObject {
  const wire = ({ notifications, highlights }: UnreadCount) => ({ notification_count: notifications, highlight_count: highlights })
  if (withThreads) {
    const threads = Object.fromEntries([...counts.threads].map(([root, count]) => [root, wire(count)]))
    return { unread_notifications: wire(counts.main), unread_thread_notifications: threads }
  }
  const all = { ...counts.main }
  for (const { notifications, highlights } of counts.threads.values()) {
    all.notifications += notifications
    all.highlights += highlights
  }
  return { unread_notifications: wire(all) }
}
