import { MatrixError } from '@glia/contract'
import {
  type ClientEvent,
  type EventFilter,
  type EventId,
  InvalidFilterError,
  isRoomAllowed,
  type JsonValue,
  type Membership,
  parseEventFilter,
  type RoomId,
} from '@glia/protocol'
import type { StoredEvent } from '../timeline/index.ts'
import { toClientEvents } from './client-events.ts'
import { matchesStoredEvent, pageOfEvents, placeInGraph } from './event-pages.ts'
import { type HistoryDeps, type HistoryReader, keepVisible, membersAt, openRoom, type Reading, viewOf } from './history-deps.ts'
import { newestReadable } from './room-access.ts'
import { arrivalToken, type GraphPoint, historyToken, parseTimelineToken } from './tokens.ts'

export interface MessagesQuery {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly direction: 'b' | 'f'
  readonly limit: number | undefined
  /** A room event filter as JSON text. */
  readonly filter: string | undefined
  /** `federation`: whole events as servers exchange them. */
  readonly format?: 'client' | 'federation'
}

export interface MessagesPage {
  readonly start: string
  /** Absent when there is no more. */
  readonly end: string | undefined
  readonly chunk: ClientEvent[]
  /** Members, when they are loaded lazily. */
  readonly state: ClientEvent[] | undefined
}

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 1000

/**
 * A page of a room's history.
 * @throws MatrixError 403 M_FORBIDDEN, 400 M_INVALID_PARAM
 */
export async function readMessages(deps: HistoryDeps, reader: HistoryReader, roomId: RoomId, query: MessagesQuery): Promise<MessagesPage> {
  const filter = parseFilterParameter(query.filter)
  const fromPoint = query.from === undefined ? undefined : parseTimelineToken(query.from, 'from')
  const toPoint = query.to === undefined ? undefined : parseTimelineToken(query.to, 'to')
  const limit = Math.min(query.limit ?? filter.limit ?? DEFAULT_LIMIT, MAX_LIMIT)
  const reading = await openRoom(deps, roomId, reader)
  const { direction } = query
  const from = fromPoint && (await placeInGraph(deps.database.read, roomId, fromPoint))
  const to = toPoint && (await placeInGraph(deps.database.read, roomId, toPoint))
  const page = isRoomAllowed(filter, roomId)
    ? await readVisiblePage(deps, reading, { direction, from, to, limit, filter })
    : { events: [], memberships: new Map(), first: undefined, next: undefined }
  const view = { ...viewOf(deps, reading, page.memberships), format: query.format ?? 'client' }
  const members =
    filter.lazyLoadMembers && page.events.length > 0
      ? await membersAt(
          deps,
          page.events[0]!,
          page.events.map(({ sender }) => sender),
        )
      : undefined
  const start = query.from ?? startToken(direction, page.first, await deps.database.currentPosition())
  return {
    start,
    // who asks for nothing is where they were
    end: limit === 0 ? start : page.next && historyToken(page.next),
    chunk: await toClientEvents(deps.database.read, page.events, view),
    state: members && (await toClientEvents(deps.database.read, members, { ...view, memberships: undefined, bundles: false })),
  }
}

function startToken(direction: 'b' | 'f', first: StoredEvent | undefined, position: number): string {
  if (direction === 'f') return arrivalToken(0)
  return first ? historyToken(first) : arrivalToken(position)
}

/** The point that follows an event when going on in a direction. */
export function pointBeyond(event: StoredEvent, direction: 'b' | 'f'): GraphPoint {
  return { depth: event.depth, position: direction === 'b' ? event.position - 1 : event.position }
}

interface VisiblePage {
  readonly events: StoredEvent[]
  readonly memberships: ReadonlyMap<EventId, Membership>
  /** The first event that was looked at, seen or not. */
  readonly first: StoredEvent | undefined
  /** Where to go on; undefined when nothing was left. */
  readonly next: GraphPoint | undefined
}

/** Pages that are mostly hidden are read on, but not for ever: then the page is short and has a `next`. */
const MAX_ROUNDS = 10
const MIN_ROUND = 50

/** Up to `limit` events that the reader may see. */
export async function readVisiblePage(
  deps: HistoryDeps,
  reading: Reading,
  page: {
    direction: 'b' | 'f'
    from: GraphPoint | undefined
    to: GraphPoint | undefined
    limit: number
    filter: EventFilter
  },
): Promise<VisiblePage> {
  const { direction, to, limit, filter } = page
  const events: StoredEvent[] = []
  const memberships = new Map<EventId, Membership>()
  let first: StoredEvent | undefined
  let next: GraphPoint | undefined
  let from = page.from
  const newest = newestReadable(reading.access)
  for (let round = 0; round < MAX_ROUNDS && events.length < limit; round++) {
    const asked = round === 0 ? limit : Math.max(MIN_ROUND, limit - events.length)
    const raw = await pageOfEvents(deps.database.read, {
      roomId: reading.roomId,
      direction,
      from,
      to,
      limit: asked,
      filter,
      ...(newest === undefined ? {} : { newest }),
    })
    if (raw.length === 0) break
    first ??= raw[0]
    const visible = await keepVisible(
      deps,
      reading,
      raw.filter((event) => matchesStoredEvent(filter, event)),
    )
    for (const [eventId, membership] of visible.memberships) memberships.set(eventId, membership)
    const taken = visible.events.slice(0, limit - events.length)
    events.push(...taken)
    const last = taken.length < visible.events.length ? taken.at(-1)! : raw.at(-1)!
    next = pointBeyond(last, direction)
    from = next
    if (raw.length < asked) {
      // all was looked at: only a page with something on it needs to be gone on from, to learn that nothing follows
      if (events.length === 0) next = undefined
      break
    }
  }
  return { events, memberships, first, next }
}

/** @throws MatrixError 400 M_INVALID_PARAM (M_NOT_JSON when it is no JSON) */
export function parseFilterParameter(text: string | undefined): EventFilter {
  if (text === undefined) return parseEventFilter({})
  let json: JsonValue
  try {
    json = JSON.parse(text) as JsonValue
  } catch {
    throw new MatrixError('M_NOT_JSON', 'Query parameter filter must be a valid JSON object')
  }
  try {
    return parseEventFilter(json)
  } catch (error) {
    if (error instanceof InvalidFilterError) throw new MatrixError('M_INVALID_PARAM', error.message)
    throw error
  }
}
