import type { Transaction } from '@glia/database'
import { type EventId, eventTypes, type PowerLevelsView, type RoomId, type RoomVersion, type ServerName } from '@glia/protocol'
import type { Insertable } from 'kysely'
import { sql } from 'kysely'
import type { RoomTables } from '../rooms/tables.ts'
import type { HomeserverSchema } from '../schema.ts'
import { applyRedaction } from './apply-redaction.ts'
import { containsUrl, redactsColumnOf, relationColumnsOf, roomColumnsOf, textColumn } from './derived-columns.ts'
import { insertEvents, type NewEventRow } from './event-store.ts'
import { type MembershipCounts, membershipCounts, writeMemberships } from './membership-rows.ts'
import type { EventObserver, PendingEvent } from './room-writer.ts'
import { type StateChange, writeStateChanges } from './state-writes.ts'

/** A room as the next event finds it. */
export interface SavedRoom {
  /** undefined: not known before the create event. */
  readonly roomId: RoomId | undefined
  readonly version: RoomVersion
  /** There is a row for it. */
  readonly exists: boolean
  readonly extremities: readonly { eventId: EventId; depth: number }[]
  /** State group after the newest event; 0 where there is none. */
  readonly groupId: number
  /** Groups between that one and its snapshot. */
  readonly groupDeltas: number
  readonly stateEvents: number
  /** Begin of the hour of the newest event. */
  readonly activeHourMs: number
}

export interface PersistedEvents {
  readonly saved: SavedRoom
  readonly lastPosition: number
  /** Keys of state events whose content a redaction changed. */
  readonly redactedState: readonly string[]
}

const HOUR_MS = 3600_000

/** Writes events and all that follows from them. The change positions are taken first thing here, after all reading and computing. */
export async function persistEvents(
  tx: Transaction<HomeserverSchema>,
  room: SavedRoom,
  pending: readonly PendingEvent[],
  options: { levels: PowerLevelsView | undefined; nowMs: number; serverName: ServerName; observers: readonly EventObserver[] },
): Promise<PersistedEvents> {
  const roomId = room.roomId!
  const newEntries = pending.filter(({ draft, replaced }) => draft.stateKey !== undefined && replaced === undefined).length
  const stateEvents = room.stateEvents + newEntries
  const first = await tx.takePosition(pending.length)
  const last = first + pending.length - 1

  const changes: StateChange[] = []
  const rows: NewEventRow[] = []
  let groupId = room.groupId
  for (const [index, event] of pending.entries()) {
    const position = first + index
    const before = event.draft.after?.stateAfter ?? groupId
    if (event.draft.stateKey !== undefined) {
      changes.push({ position, type: event.draft.type, stateKey: event.draft.stateKey, event, previousGroup: before })
      groupId = position
    }
    rows.push(eventRow(event, roomId, position, { before, after: event.draft.after ? before : groupId }, options.nowMs))
  }
  if (!room.exists) await insertRoom(tx, room, pending[0]!, options.nowMs)
  await insertEvents(tx, rows)
  for (const observer of options.observers) {
    const added = pending.map(({ built }, index) => ({ position: first + index, type: built.pdu.type, content: built.pdu.content }))
    await observer.eventsAdded(tx, roomId, added)
  }
  const groupDeltas = await writeStateChanges(tx, roomId, changes, { deltas: room.groupDeltas, stateEvents })
  const newest = pending.findLast(({ draft }) => draft.after === undefined)?.built
  if (newest) await writeExtremities(tx, room, roomId, newest.eventId)
  const members = changes.filter(({ type }) => type === eventTypes.member)
  await writeMemberships(tx, roomId, members, options.serverName)
  const activeHourMs = options.nowMs - (options.nowMs % HOUR_MS)
  const activity = activeHourMs === room.activeHourMs ? {} : { active_hour_ms: activeHourMs }
  await updateRoom(tx, roomId, changes, { last, activity, newEntries, counts: membershipCounts(members, options.serverName) })
  const redactedState: string[] = []
  for (const { built } of pending) {
    const changed = await applyRedaction(tx, built, roomId, room.version, options)
    if (changed !== undefined) redactedState.push(changed)
  }
  const saved: SavedRoom = {
    ...room,
    exists: true,
    extremities: newest ? [{ eventId: newest.eventId, depth: newest.pdu.depth }] : room.extremities,
    groupId,
    groupDeltas,
    stateEvents,
    activeHourMs,
  }
  return { saved, redactedState, lastPosition: last }
}

function eventRow(
  { built, draft, replaced }: PendingEvent,
  roomId: RoomId,
  position: number,
  groups: { before: number; after: number },
  nowMs: number,
): NewEventRow {
  const { pdu } = built
  return {
    event_id: built.eventId,
    room_id: roomId,
    position,
    depth: pdu.depth,
    type: pdu.type,
    state_key: pdu.state_key ?? null,
    sender: pdu.sender,
    origin_server_ts: pdu.origin_server_ts,
    received_at_ms: nowMs,
    json: built.json,
    state_before: groups.before,
    state_after: groups.after,
    replaces_state: replaced?.eventId ?? null,
    rejected_reason: null,
    soft_failed: 0,
    redacts: redactsColumnOf(pdu),
    redacted_by: null,
    ...(draft.stateKey === undefined ? relationColumnsOf(pdu.content) : { relates_to: null, rel_type: null }),
    contains_url: containsUrl(pdu.content) ? 1 : 0,
  }
}

async function insertRoom(tx: Transaction<HomeserverSchema>, room: SavedRoom, create: PendingEvent, nowMs: number): Promise<void> {
  const { content, sender } = create.built.pdu
  const row: Insertable<RoomTables['rooms']> = {
    room_id: room.roomId!,
    version: room.version.id,
    creator: sender,
    created_at_ms: nowMs,
    federatable: content['m.federate'] === false ? 0 : 1,
    room_type: textColumn(content.type),
    name: null,
    topic: null,
    avatar_url: null,
    canonical_alias: null,
    encryption: null,
    join_rules: null,
    guest_access: null,
    history_visibility: null,
  }
  await tx.db.insertInto('rooms').values(row).execute()
}

async function writeExtremities(tx: Transaction<HomeserverSchema>, room: SavedRoom, roomId: RoomId, newest: EventId): Promise<void> {
  if (room.extremities.length === 1) {
    await tx.db
      .updateTable('forward_extremities')
      .set({ event_id: newest })
      .where('room_id', '=', roomId)
      .where('event_id', '=', room.extremities[0]!.eventId)
      .execute()
    return
  }
  await tx.db.deleteFrom('forward_extremities').where('room_id', '=', roomId).execute()
  await tx.db.insertInto('forward_extremities').values({ room_id: roomId, event_id: newest }).execute()
}

async function updateRoom(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  changes: readonly StateChange[],
  news: { last: number; activity: { active_hour_ms?: number }; newEntries: number; counts: MembershipCounts },
): Promise<void> {
  const columns = Object.assign(
    {},
    ...changes.filter(({ stateKey }) => stateKey === '').map(({ type, event }) => roomColumnsOf(type, event.built.pdu.content)),
  ) as ReturnType<typeof roomColumnsOf>
  const { joined, joinedLocal, invited } = news.counts
  await tx.db
    .updateTable('rooms')
    .set({ ...columns, ...news.activity, last_position: news.last })
    .$if(news.newEntries !== 0, (query) => query.set({ state_events: sql`state_events + ${news.newEntries}` }))
    .$if(joined !== 0 || joinedLocal !== 0 || invited !== 0, (query) =>
      query.set({
        joined_members: sql`joined_members + ${joined}`,
        joined_local_members: sql`joined_local_members + ${joinedLocal}`,
        invited_members: sql`invited_members + ${invited}`,
      }),
    )
    .where('room_id', '=', roomId)
    .execute()
}
