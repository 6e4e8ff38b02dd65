import type { Reads } from '@glia/database'
import {
  type ClientEvent,
  type EventId,
  eventTypes,
  type JsonObject,
  type Membership,
  type RoomId,
  toClientEvent,
  type UserId,
} from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents, type StoredEvent } from '../timeline/index.ts'
import { bundleToWire, findBundles } from './bundled-relations.ts'

/** For whom, and how, events are written. */
export interface ClientView {
  readonly userId: UserId
  /** Whose transaction ids are shown; absent: none. */
  readonly sessionId: string | undefined
  readonly ignoredUsers: ReadonlySet<string>
  /** For `unsigned.age`. */
  readonly nowMs: number
  /** `sync` leaves the room id out. */
  readonly place: 'sync' | 'elsewhere'
  /** The reader's membership at each event, for `unsigned.membership`. */
  readonly memberships?: ReadonlyMap<EventId, Membership> | undefined
  /** State lists carry no bundled relations. Default true. */
  readonly bundles?: boolean
  /** `federation`: whole PDUs (a filter's `event_format`). */
  readonly format?: 'client' | 'federation'
}

/**
 * Writes events as clients get them, in the order given: `unsigned` with age, transaction id, previous content, redaction, membership and
 * bundled relations. A few queries for any number of events.
 */
export async function toClientEvents(
  db: Reads<HomeserverSchema>,
  events: readonly StoredEvent[],
  view: ClientView,
): Promise<ClientEvent[]> {
  if (events.length === 0) return []
  const bundles = view.bundles === false ? new Map() : await findBundles(db, events, view)
  const inBundles = [...bundles.values()]
    .flatMap(({ replacement, thread }) => [replacement, thread?.latest])
    .filter((event) => event !== undefined)
  const latestOfThreads = [...bundles.values()].flatMap(({ thread }) => thread?.latest ?? [])
  const innerBundles = latestOfThreads.length > 0 ? await findBundles(db, latestOfThreads, view) : new Map()
  const all = [...events, ...inBundles, ...[...innerBundles.values()].flatMap(({ replacement }) => replacement ?? [])]
  const related = await findEvents(
    db,
    all.flatMap(({ replacesState, redactedBy }) => [replacesState, redactedBy]).filter((id) => id !== undefined),
  )
  const transactions = await findTransactions(db, all, view)
  const write = (event: StoredEvent, unsigned: JsonObject = {}): ClientEvent => {
    const base = unsignedOf(event, view, related, transactions)
    return format(event, { ...base, ...unsigned }, view)
  }
  /** An edit of a thread's newest answer is bundled with it, nothing deeper. */
  const writeInner = (event: StoredEvent): JsonObject => {
    const replacement = innerBundles.get(event.eventId)?.replacement
    return write(event, replacement ? { 'm.relations': { 'm.replace': write(replacement) } } : {}) as JsonObject
  }
  return events.map((event) => {
    const bundle = bundles.get(event.eventId)
    const relations = bundle && bundleToWire(bundle, writeInner)
    return write(event, relations && Object.keys(relations).length > 0 ? { 'm.relations': relations } : {})
  })
}

function unsignedOf(
  event: StoredEvent,
  view: ClientView,
  related: ReadonlyMap<EventId, StoredEvent>,
  transactions: ReadonlyMap<string, string>,
): JsonObject {
  const unsigned: JsonObject = { age: Math.max(0, view.nowMs - event.originServerTs) }
  const transactionId = transactions.get(event.eventId)
  if (transactionId !== undefined) unsigned.transaction_id = transactionId
  const replaced = event.replacesState && related.get(event.replacesState)
  if (replaced) Object.assign(unsigned, { replaces_state: replaced.eventId, prev_content: replaced.content, prev_sender: replaced.sender })
  const redaction = event.redactedBy && related.get(event.redactedBy)
  if (redaction) {
    const because = { age: Math.max(0, view.nowMs - redaction.originServerTs) }
    unsigned.redacted_by = redaction.eventId
    unsigned.redacted_because = format(redaction, because, view) as JsonObject
  }
  const membership = view.memberships?.get(event.eventId)
  if (membership !== undefined) unsigned.membership = membership
  return unsigned
}

function format(event: StoredEvent, unsigned: JsonObject, view: ClientView): ClientEvent {
  const roomId = view.place === 'sync' ? undefined : event.roomId
  if (view.format === 'federation') return { ...event.pdu, event_id: event.eventId, unsigned } as unknown as ClientEvent
  return toClientEvent(event.pdu, event.eventId, { roomId: roomId as RoomId | undefined, unsigned })
}

/** Event id → transaction id, of those that this session sent. */
async function findTransactions(
  db: Reads<HomeserverSchema>,
  events: readonly StoredEvent[],
  view: ClientView,
): Promise<Map<string, string>> {
  const own = events.filter(({ sender, type }) => sender === view.userId && type !== eventTypes.create).map(({ eventId }) => eventId)
  if (own.length === 0 || view.sessionId === undefined) return new Map()
  const rows = await db
    .selectFrom('event_transactions')
    .select(['event_id', 'transaction_id'])
    .where('event_id', 'in', [...new Set(own)])
    .where('user_id', '=', view.userId)
    .where('session_id', '=', view.sessionId)
    .execute()
  return new Map(rows.map(({ event_id, transaction_id }) => [event_id, transaction_id]))
}
