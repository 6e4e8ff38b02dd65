import { MatrixError } from '@glia/contract'
import { type ClientEvent, type EventFilter, type EventId, eventTypes, type Membership, type RoomId, type StateTuple } from '@glia/protocol'
import { findEvent, findEvents, type StoredEvent, stateOfGroup } from '../timeline/index.ts'
import { toClientEvents } from './client-events.ts'
import { matchesStoredEvent } from './event-pages.ts'
import { type HistoryDeps, type HistoryReader, keepVisible, openRoom, type Reading, viewOf } from './history-deps.ts'
import { parseFilterParameter, pointBeyond, readVisiblePage } from './messages.ts'
import { historyToken } from './tokens.ts'

export interface EventContext {
  readonly event: ClientEvent
  /** Newest first. */
  readonly eventsBefore: ClientEvent[]
  /** Oldest first. */
  readonly eventsAfter: ClientEvent[]
  readonly start: string
  readonly end: string
  /** At the last of the events, as far as the filter lets it through. */
  readonly state: ClientEvent[]
}

const MAX_LIMIT = 1000

/**
 * An event with what came before and after.
 * @param query.limit how many events besides it, half before and half after
 * @throws MatrixError 403 M_FORBIDDEN: room or event may not be seen; 404 M_NOT_FOUND: unknown event
 */
export async function readContext(
  deps: HistoryDeps,
  reader: HistoryReader,
  roomId: RoomId,
  eventId: string,
  query: { limit: number | undefined; filter: string | undefined },
): Promise<EventContext> {
  const filter = parseFilterParameter(query.filter)
  const limit = Math.min(query.limit ?? 10, MAX_LIMIT)
  const reading = await openRoom(deps, roomId, reader)
  const event = await findEvent(deps.database.read, eventId)
  if (event?.roomId !== roomId || event.rejectedReason !== undefined) throw new MatrixError('M_NOT_FOUND', 'Event not found.')
  const own = await keepVisible(deps, reading, [event])
  if (own.events.length === 0) throw new MatrixError('M_FORBIDDEN', "You don't have permission to access that event.")
  const beforeLimit = Math.floor(limit / 2)
  const around = await readAround(deps, reading, event, { before: beforeLimit, after: limit - beforeLimit, filter })
  const { before, after } = around
  const all = [...before, event, ...after]
  const view = viewOf(deps, reading, new Map([...around.memberships, ...own.memberships]))
  const written = await toClientEvents(deps.database.read, all, view)
  const state = await contextState(deps, after.at(-1) ?? event, all, filter)
  return {
    event: written[before.length]!,
    eventsBefore: written.slice(0, before.length),
    eventsAfter: written.slice(before.length + 1),
    start: around.start,
    end: around.end,
    state: await toClientEvents(deps.database.read, state, { ...view, memberships: undefined, bundles: false }),
  }
}

export interface Surroundings {
  /** Newest first. */
  readonly before: StoredEvent[]
  /** Oldest first. */
  readonly after: StoredEvent[]
  readonly memberships: ReadonlyMap<EventId, Membership>
  readonly start: string
  readonly end: string
}

/** What a reader may see before and after an event that they may see. */
export async function readAround(
  deps: HistoryDeps,
  reading: Reading,
  event: StoredEvent,
  limits: { before: number; after: number; filter: EventFilter },
): Promise<Surroundings> {
  const { filter } = limits
  const page = (direction: 'b' | 'f', limit: number) =>
    readVisiblePage(deps, reading, { direction, from: pointBeyond(event, direction), to: undefined, limit, filter })
  const before = await page('b', limits.before)
  const after = await page('f', limits.after)
  return {
    before: before.events,
    after: after.events,
    memberships: new Map([...before.memberships, ...after.memberships]),
    start: historyToken(before.next ?? pointBeyond(event, 'b')),
    end: historyToken(after.next ?? pointBeyond(event, 'f')),
  }
}

async function contextState(
  deps: HistoryDeps,
  last: StoredEvent,
  shown: readonly StoredEvent[],
  filter: EventFilter,
): Promise<StoredEvent[]> {
  const senders = [...new Set(shown.map(({ sender }) => sender))]
  const members = senders.map((sender): StateTuple => [eventTypes.member, sender])
  const selection = filter.lazyLoadMembers ? { tuples: members, allExcept: [eventTypes.member] } : undefined
  const state = await stateOfGroup(deps.database.read, last.stateAfter, selection)
  const events = [...(await findEvents(deps.database.read, state.values())).values()]
  return events.filter((event) => matchesStoredEvent(filter, event))
}
