import { MatrixError } from '@glia/contract'
import { type ClientEvent, type EventFilter, eventTypes, type RoomId, type StateTuple } from '@glia/protocol'
import { findEvent, findEvents, type StoredEvent, stateOfGroup } from '../timeline/index.ts'
import { toClientEvents } from './client-events.ts'
import { type HistoryDeps, type HistoryReader, keepVisible, openRoom, viewOf } from './history-deps.ts'
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
  /** At the last of the events. */
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
  const before = await readVisiblePage(deps, reading, {
    direction: 'b',
    from: pointBeyond(event, 'b'),
    to: undefined,
    limit: beforeLimit,
    filter,
  })
  const after = await readVisiblePage(deps, reading, {
    direction: 'f',
    from: pointBeyond(event, 'f'),
    to: undefined,
    limit: limit - beforeLimit,
    filter,
  })
  const all = [...before.events, event, ...after.events]
  const view = viewOf(deps, reading, new Map([...before.memberships, ...own.memberships, ...after.memberships]))
  const written = await toClientEvents(deps.database.read, all, view)
  const state = await contextState(deps, after.events.at(-1) ?? event, all, filter)
  return {
    event: written[before.events.length]!,
    eventsBefore: written.slice(0, before.events.length),
    eventsAfter: written.slice(before.events.length + 1),
    start: historyToken(before.next ?? pointBeyond(event, 'b')),
    end: historyToken(after.next ?? pointBeyond(event, 'f')),
    state: await toClientEvents(deps.database.read, state, { ...view, memberships: undefined, bundles: false }),
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
  return [...(await findEvents(deps.database.read, state.values())).values()]
}
