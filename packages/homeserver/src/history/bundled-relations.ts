import type { Reads } from '@glia/database'
import { type EventId, isJsonObject, type JsonObject, type UserId } from '@glia/protocol'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents, type StoredEvent } from '../timeline/index.ts'

/** What relates to one event, as far as servers bundle it (Client-Server API, "Aggregations of child events"). */
export interface Bundle {
  /** The newest valid edit. */
  readonly replacement: StoredEvent | undefined
  readonly thread: { readonly latest: StoredEvent; readonly count: number; readonly participated: boolean } | undefined
  /** Events that refer to this one. */
  readonly references: readonly EventId[]
}

interface RelationCount {
  readonly target: string
  readonly relType: string
  readonly count: number
  readonly newest: number
  readonly participated: boolean
}

const BUNDLED = ['m.replace', 'm.thread', 'm.reference']
const BOUND_AT_ONCE = 1000

/**
 * The bundles of those events that have one. State events have none; edits of redacted events are not told.
 * @param reader who asks: tells whether they took part in a thread, and whose answers they do not want to see
 */
export async function findBundles(
  db: Reads<HomeserverSchema>,
  events: readonly StoredEvent[],
  reader: { userId: UserId; ignoredUsers: ReadonlySet<string> },
): Promise<Map<EventId, Bundle>> {
  const targets = new Map(events.filter(({ stateKey }) => stateKey === undefined).map((event) => [event.eventId, event]))
  const counts = await countRelations(db, [...targets.keys()], reader)
  if (counts.length === 0) return new Map()
  const of = (relType: string) => counts.filter((count) => count.relType === relType)
  const replacements = await findReplacements(
    db,
    of('m.replace').map(({ target }) => targets.get(target as EventId)!),
  )
  const threads = await findLatest(db, of('m.thread'))
  const references = await findReferences(
    db,
    of('m.reference').map(({ target }) => target),
  )
  const bundles = new Map<EventId, Bundle>()
  for (const target of new Set(counts.map((count) => count.target as EventId))) {
    bundles.set(target, {
      replacement: replacements.get(target),
      thread: threads.get(target),
      references: references.get(target) ?? [],
    })
  }
  return bundles
}

async function countRelations(
  db: Reads<HomeserverSchema>,
  targets: readonly EventId[],
  reader: { userId: UserId; ignoredUsers: ReadonlySet<string> },
): Promise<RelationCount[]> {
  const counts: RelationCount[] = []
  const ignored = [...reader.ignoredUsers].slice(0, BOUND_AT_ONCE)
  for (let from = 0; from < targets.length; from += BOUND_AT_ONCE) {
    const rows = await db
      .selectFrom('events')
      .select((eb) => [
        'relates_to',
        'rel_type',
        eb.fn.countAll<number>().as('count'),
        eb.fn.max('position').as('newest'),
        sql<number>`max(CASE WHEN sender = ${reader.userId} THEN 1 ELSE 0 END)`.as('participated'),
      ])
      .where('relates_to', 'in', targets.slice(from, from + BOUND_AT_ONCE))
      .where('rel_type', 'in', BUNDLED)
      .where('rejected_reason', 'is', null)
      .where('soft_failed', '=', 0)
      .$if(ignored.length > 0, (query) => query.where('sender', 'not in', ignored))
      .groupBy(['relates_to', 'rel_type'])
      .execute()
    for (const row of rows) {
      counts.push({
        target: row.relates_to!,
        relType: row.rel_type!,
        count: Number(row.count),
        newest: Number(row.newest),
        participated: Number(row.participated) === 1,
      })
    }
  }
  return counts
}

/** The newest valid edit of each event: same sender and type, new content, itself no state and no edit of an edit. */
async function findReplacements(db: Reads<HomeserverSchema>, targets: readonly StoredEvent[]): Promise<Map<EventId, StoredEvent>> {
  const newest = new Map<EventId, StoredEvent>()
  const originals = new Map(
    targets.filter(({ relType, redactedBy }) => relType !== 'm.replace' && redactedBy === undefined).map((event) => [event.eventId, event]),
  )
  if (originals.size === 0) return newest
  const rows = await db
    .selectFrom('events')
    .select(['event_id', 'relates_to', 'sender', 'type', 'room_id', 'origin_server_ts'])
    .where('relates_to', 'in', [...originals.keys()])
    .where('rel_type', '=', 'm.replace')
    .where('state_key', 'is', null)
    .where('rejected_reason', 'is', null)
    .where('soft_failed', '=', 0)
    .orderBy('origin_server_ts', 'desc')
    .orderBy('event_id', 'desc')
    .execute()
  const candidates = rows.filter((row) => {
    const original = originals.get(row.relates_to as EventId)!
    return row.sender === original.sender && row.type === original.type && row.room_id === original.roomId
  })
  const first = new Map<EventId, string>()
  for (const { event_id, relates_to } of candidates) if (!first.has(relates_to as EventId)) first.set(relates_to as EventId, event_id)
  const edits = await findEvents(db, first.values())
  for (const [target, editId] of first) {
    const edit = edits.get(editId as EventId)
    const isEncrypted = edit?.type === 'm.room.encrypted'
    if (edit && (isEncrypted || isJsonObject(edit.content['m.new_content']))) newest.set(target, edit)
  }
  return newest
}

async function findLatest(
  db: Reads<HomeserverSchema>,
  counts: readonly RelationCount[],
): Promise<Map<EventId, NonNullable<Bundle['thread']>>> {
  const threads = new Map<EventId, NonNullable<Bundle['thread']>>()
  if (counts.length === 0) return threads
  const rows = await db
    .selectFrom('events')
    .select(['event_id', 'position'])
    .where(
      'position',
      'in',
      counts.map(({ newest }) => newest),
    )
    .execute()
  const idByPosition = new Map(rows.map(({ event_id, position }) => [position, event_id as EventId]))
  const events = await findEvents(db, idByPosition.values())
  for (const { target, newest, count, participated } of counts) {
    const latest = events.get(idByPosition.get(newest)!)
    if (latest) threads.set(target as EventId, { latest, count, participated })
  }
  return threads
}

async function findReferences(db: Reads<HomeserverSchema>, targets: readonly string[]): Promise<Map<EventId, EventId[]>> {
  const references = new Map<EventId, EventId[]>()
  if (targets.length === 0) return references
  const rows = await db
    .selectFrom('events')
    .select(['event_id', 'relates_to'])
    .where('relates_to', 'in', targets)
    .where('rel_type', '=', 'm.reference')
    .where('rejected_reason', 'is', null)
    .where('soft_failed', '=', 0)
    .orderBy('position')
    .execute()
  for (const { event_id, relates_to } of rows) {
    const list = references.get(relates_to as EventId) ?? []
    references.set(relates_to as EventId, list)
    list.push(event_id as EventId)
  }
  return references
}

/** `m.relations` on the wire. @param serialize an event of a bundle in client format */
export function bundleToWire(bundle: Bundle, serialize: (event: StoredEvent) => JsonObject): JsonObject {
  const wire: JsonObject = {}
  if (bundle.replacement) wire['m.replace'] = serialize(bundle.replacement)
  if (bundle.thread) {
    wire['m.thread'] = {
      latest_event: serialize(bundle.thread.latest),
      count: bundle.thread.count,
      current_user_participated: bundle.thread.participated,
    }
  }
  if (bundle.references.length > 0) wire['m.reference'] = { chunk: bundle.references.map((eventId) => ({ event_id: eventId })) }
  return wire
}
