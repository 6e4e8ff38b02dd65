import type { Reads, Transaction } from '@glia/database'
import type { EventId, JsonObject, Pdu, RoomId, UserId } from '@glia/protocol'
import type { Insertable, Selectable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { TimelineTables } from './tables.ts'

/** An event as it is kept. After a redaction, `json`, `pdu` and `content` are the redacted form. */
export interface StoredEvent {
  readonly eventId: EventId
  readonly roomId: RoomId
  /** Change position: the order of arrival. */
  readonly position: number
  /** Topological order: (depth, position). */
  readonly depth: number
  readonly type: string
  /** undefined for events that are not state. */
  readonly stateKey: string | undefined
  readonly sender: UserId
  readonly content: JsonObject
  /** Milliseconds since 1970, by the sender's clock. */
  readonly originServerTs: number
  readonly receivedAtMs: number
  /** State group in force before the event; 0 is the empty state. */
  readonly stateBefore: number
  /** State group after it. */
  readonly stateAfter: number
  /** The state event that this one replaced. */
  readonly replacesState: EventId | undefined
  readonly rejectedReason: string | undefined
  readonly isSoftFailed: boolean
  /** Target, for redactions. */
  readonly redacts: EventId | undefined
  /** The redaction that took effect on this event. */
  readonly redactedBy: EventId | undefined
  readonly relatesTo: EventId | undefined
  readonly relType: string | undefined
  readonly pdu: Pdu
  /** The exact text that was hashed and signed (or its redacted form). */
  readonly json: string
}

export type EventRow = Selectable<TimelineTables['events']>

/** Makes an event of a row of `events`, read with all its columns. */
export function storedEventOf(row: EventRow): StoredEvent {
  const pdu = JSON.parse(row.json) as Pdu
  return {
    eventId: row.event_id as EventId,
    roomId: row.room_id as RoomId,
    position: row.position,
    depth: row.depth,
    type: row.type,
    stateKey: row.state_key ?? undefined,
    sender: row.sender as UserId,
    content: pdu.content,
    originServerTs: row.origin_server_ts,
    receivedAtMs: row.received_at_ms,
    stateBefore: row.state_before,
    stateAfter: row.state_after,
    replacesState: (row.replaces_state as EventId | null) ?? undefined,
    rejectedReason: row.rejected_reason ?? undefined,
    isSoftFailed: row.soft_failed === 1,
    redacts: (row.redacts as EventId | null) ?? undefined,
    redactedBy: (row.redacted_by as EventId | null) ?? undefined,
    relatesTo: (row.relates_to as EventId | null) ?? undefined,
    relType: row.rel_type ?? undefined,
    pdu,
    json: row.json,
  }
}

export async function findEvent(db: Reads<HomeserverSchema>, eventId: string): Promise<StoredEvent | undefined> {
  const row = await db.selectFrom('events').selectAll().where('event_id', '=', eventId).executeTakeFirst()
  return row && storedEventOf(row)
}

/** How many values one statement may bind, with room to spare on both databases. */
const MAX_BOUND = 2000

/** The events with these ids, those that exist. */
export async function findEvents(db: Reads<HomeserverSchema>, eventIds: Iterable<string>): Promise<Map<EventId, StoredEvent>> {
  const wanted = [...new Set(eventIds)]
  const found = new Map<EventId, StoredEvent>()
  for (let from = 0; from < wanted.length; from += MAX_BOUND) {
    const rows = await db
      .selectFrom('events')
      .selectAll()
      .where('event_id', 'in', wanted.slice(from, from + MAX_BOUND))
      .execute()
    for (const row of rows) found.set(row.event_id as EventId, storedEventOf(row))
  }
  return found
}

export type NewEventRow = Insertable<TimelineTables['events']>

/** 20 columns a row: stays below what one statement may bind. */
const ROWS_AT_ONCE = 50

export async function insertEvents(tx: Transaction<HomeserverSchema>, rows: readonly NewEventRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await tx.db
      .insertInto('events')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute()
  }
}

/** Puts the redacted form in the place of an event. What the event said and how it related to others is gone. */
export async function markRedacted(
  tx: Transaction<HomeserverSchema>,
  eventId: EventId,
  redaction: { redactedBy: EventId; json: string },
): Promise<void> {
  await tx.db
    .updateTable('events')
    .set({ json: redaction.json, redacted_by: redaction.redactedBy, relates_to: null, rel_type: null, contains_url: 0 })
    .where('event_id', '=', eventId)
    .execute()
}
