import type { Reads } from '@glia/database'
import { type EventFilter, type EventId, isRoomAllowed, type Membership, type RoomId } from '@glia/protocol'
import type { SelectQueryBuilder } from 'kysely'
import { filterConditions, historyToken, matchesStoredEvent, type Reader, type StateViews, visibleEvents } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type EventRow, type StoredEvent, storedEventOf } from '../timeline/index.ts'
import { formatSyncToken } from './tokens.ts'

/** Which part of a room's timeline is wanted: after one position, up to another. */
export interface TimelineWindow {
  readonly roomId: RoomId
  readonly after: number
  readonly upTo: number
  /** See `visibleEvents`. */
  readonly joinedUntil: number | undefined
}

export interface Timeline {
  /** Oldest first. */
  readonly events: readonly StoredEvent[]
  /** There are more in the window. */
  readonly limited: boolean
  /** For `/messages`, to go on before the first event. */
  readonly prevBatch: string
  /** Of the events, and perhaps of others: rooms that are loaded together share one map. */
  readonly memberships: ReadonlyMap<EventId, Membership>
}

export interface TimelineOptions {
  readonly db: Reads<HomeserverSchema>
  readonly views: StateViews
  readonly reader: Reader
  readonly filter: EventFilter
  readonly limit: number
}

/** Up to this many rooms in one statement; SQLite joins at most 500 selects. */
const ROOMS_AT_ONCE = 50
/** Timelines that are mostly hidden are read on, but not for ever. */
const MAX_ROUNDS = 5
const MIN_ROUND = 50

/** The newest events of each window that the reader may see, in a few statements for all rooms. */
export async function loadTimelines(windows: readonly TimelineWindow[], options: TimelineOptions): Promise<Map<RoomId, Timeline>> {
  const { db, views, reader, filter, limit } = options
  const wanted = windows.filter(({ roomId }) => isRoomAllowed(filter, roomId))
  const raw = await loadNewest(db, wanted, limit + 1, filter)
  const joinedUntil = new Map(windows.map((window) => [window.roomId as string, window.joinedUntil]))
  const all = [...raw.values()].flat()
  const kept = await visibleEvents(
    db,
    views,
    all.filter((event) => matchesStoredEvent(filter, event)),
    reader,
    (roomId) => joinedUntil.get(roomId),
  )
  const byRoom = Map.groupBy(kept.events, ({ roomId }) => roomId)
  const timelines = new Map<RoomId, Timeline>()
  for (const window of windows) {
    const found = raw.get(window.roomId) ?? []
    const visible = byRoom.get(window.roomId) ?? []
    const hasMore = found.length > limit
    const part = { visible, memberships: kept.memberships, oldest: found.at(-1)?.position, hasMore }
    const complete = hasMore && visible.length < limit ? await readOn(window, part, options) : part
    timelines.set(window.roomId, timelineOf(window, complete, limit))
  }
  return timelines
}

interface PartOfTimeline {
  /** Newest first. */
  readonly visible: readonly StoredEvent[]
  readonly memberships: ReadonlyMap<EventId, Membership>
  /** The oldest position that was looked at. */
  readonly oldest: number | undefined
  /** There may be more before that. */
  readonly hasMore: boolean
}

function timelineOf(window: TimelineWindow, part: PartOfTimeline, limit: number): Timeline {
  const events = part.visible.slice(0, limit).toReversed()
  const first = events[0]
  const end = { position: window.upTo, typing: 0, toDevice: window.upTo }
  return {
    events,
    limited: part.hasMore || part.visible.length > limit,
    prevBatch: first ? historyToken({ depth: first.depth, position: first.position - 1 }) : formatSyncToken(end),
    memberships: part.memberships,
  }
}

async function readOn(window: TimelineWindow, start: PartOfTimeline, options: TimelineOptions): Promise<PartOfTimeline> {
  const { db, views, reader, filter, limit } = options
  const visible = [...start.visible]
  const memberships = new Map(start.memberships)
  let { oldest, hasMore } = start
  for (let round = 1; round < MAX_ROUNDS && hasMore && visible.length <= limit; round++) {
    const asked = Math.max(MIN_ROUND, limit)
    const older = await loadNewest(db, [{ ...window, upTo: oldest! - 1 }], asked, filter)
    const events = older.get(window.roomId) ?? []
    const wanted = events.filter((event) => matchesStoredEvent(filter, event))
    const kept = await visibleEvents(db, views, wanted, reader, () => window.joinedUntil)
    visible.push(...kept.events)
    for (const [eventId, membership] of kept.memberships) memberships.set(eventId, membership)
    oldest = events.at(-1)?.position ?? oldest
    hasMore = events.length === asked
  }
  return { visible, memberships, oldest, hasMore }
}

/** The newest accepted events of each window, newest first. */
async function loadNewest(
  db: Reads<HomeserverSchema>,
  windows: readonly Omit<TimelineWindow, 'joinedUntil'>[],
  limit: number,
  filter: EventFilter,
): Promise<Map<RoomId, StoredEvent[]>> {
  const events = new Map<RoomId, StoredEvent[]>()
  for (let from = 0; from < windows.length; from += ROOMS_AT_ONCE) {
    const parts = windows.slice(from, from + ROOMS_AT_ONCE).map((window) => newestOf(db, window, limit, filter))
    const rows = await parts.reduce((all, part) => all.unionAll(part)).execute()
    for (const row of rows) {
      const event = storedEventOf(row)
      const list = events.get(event.roomId)
      if (list) list.push(event)
      else events.set(event.roomId, [event])
    }
  }
  for (const list of events.values()) list.sort((a, b) => b.position - a.position)
  return events
}

function newestOf(
  db: Reads<HomeserverSchema>,
  { roomId, after, upTo }: Omit<TimelineWindow, 'joinedUntil'>,
  limit: number,
  filter: EventFilter,
): SelectQueryBuilder<HomeserverSchema, never, EventRow> {
  const page = db
    .selectFrom('events')
    .selectAll()
    .where('room_id', '=', roomId)
    .where('position', '>', after)
    .where('position', '<=', upTo)
    .where('rejected_reason', 'is', null)
    .where('soft_failed', '=', 0)
    .where((eb) => eb.and(filterConditions(eb, filter)))
    .orderBy('position', 'desc')
    .limit(limit)
    .as('newest')
  return db.selectFrom(page).selectAll() as unknown as SelectQueryBuilder<HomeserverSchema, never, EventRow>
}
