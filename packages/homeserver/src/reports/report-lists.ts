import { containsIgnoringCase, type Reads, type Transaction } from '@glia/database'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { findEvent, type StoredEvent } from '../timeline/index.ts'
import { deleteCase } from './report-cases.ts'

export interface ReportPage {
  readonly from: number
  readonly limit: number
  readonly newestFirst: boolean
}

export interface EventReport {
  readonly id: number
  readonly receivedAtMs: number
  readonly roomId: string
  readonly roomName: string | null
  readonly canonicalAlias: string | null
  readonly eventId: string
  readonly reporter: string
  /** null: the event is gone. */
  readonly sender: string | null
  readonly reason: string | null
  readonly score: number | null
}

export interface UserReport {
  readonly id: number
  readonly receivedAtMs: number
  readonly targetUser: string
  readonly reporter: string
  readonly reason: string
}

/** Reports of events in rooms that are still here. */
export async function listEventReports(
  reads: Reads<HomeserverSchema>,
  query: ReportPage & { reporter: string | undefined; room: string | undefined; eventSender: string | undefined },
): Promise<{ reports: EventReport[]; total: number }> {
  const { reporter, room, eventSender, newestFirst } = query
  const matching = eventReports(reads)
    .$if(!!reporter, (select) => select.where(containsIgnoringCase(sql.ref('event_reports.user_id'), reporter!)))
    .$if(!!room, (select) => select.where(containsIgnoringCase(sql.ref('event_reports.room_id'), room!)))
    .$if(!!eventSender, (select) => select.where('events.sender', '=', eventSender!))
  const rows = await matching
    .select(eventReportColumns)
    .orderBy('event_reports.id', newestFirst ? 'desc' : 'asc')
    .limit(query.limit)
    .offset(query.from)
    .execute()
  const { total } = await matching.select((select) => select.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { reports: rows.map(toEventReport), total }
}

/** A report whose event is still here. */
export async function findEventReport(
  reads: Reads<HomeserverSchema>,
  id: number,
): Promise<{ report: EventReport; event: StoredEvent } | undefined> {
  const row = await eventReports(reads).select(eventReportColumns).where('event_reports.id', '=', id).executeTakeFirst()
  const event = row && (await findEvent(reads, row.event_id))
  return event && { report: toEventReport(row), event }
}

export async function listUserReports(
  reads: Reads<HomeserverSchema>,
  query: ReportPage & { reporter: string | undefined; targetUser: string | undefined },
): Promise<{ reports: UserReport[]; total: number }> {
  const { reporter, targetUser, newestFirst } = query
  const matching = reads
    .selectFrom('user_reports')
    .$if(!!reporter, (select) => select.where(containsIgnoringCase(sql.ref('user_id'), reporter!)))
    .$if(!!targetUser, (select) => select.where(containsIgnoringCase(sql.ref('target_user_id'), targetUser!)))
  const rows = await matching
    .selectAll()
    .orderBy('id', newestFirst ? 'desc' : 'asc')
    .limit(query.limit)
    .offset(query.from)
    .execute()
  const { total } = await matching.select((select) => select.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { reports: rows.map(toUserReport), total }
}

export async function findUserReport(reads: Reads<HomeserverSchema>, id: number): Promise<UserReport | undefined> {
  const row = await reads.selectFrom('user_reports').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toUserReport(row)
}

/** @returns false: there was no such report */
export async function deleteReport(
  tx: Transaction<HomeserverSchema>,
  table: 'event_reports' | 'user_reports',
  id: number,
): Promise<boolean> {
  const deleted = await tx.db.deleteFrom(table).where('id', '=', id).returning('id').execute()
  if (deleted.length > 0) await deleteCase(tx, id)
  return deleted.length > 0
}

function eventReports(reads: Reads<HomeserverSchema>) {
  return reads
    .selectFrom('event_reports')
    .innerJoin('rooms', 'rooms.room_id', 'event_reports.room_id')
    .leftJoin('events', 'events.event_id', 'event_reports.event_id')
}

const eventReportColumns = [
  'event_reports.id',
  'event_reports.received_at_ms',
  'event_reports.room_id',
  'rooms.name',
  'rooms.canonical_alias',
  'event_reports.event_id',
  'event_reports.user_id',
  'events.sender',
  'event_reports.reason',
  'event_reports.score',
] as const

function toEventReport(row: {
  id: number
  received_at_ms: number
  room_id: string
  name: string | null
  canonical_alias: string | null
  event_id: string
  user_id: string
  sender: string | null
  reason: string | null
  score: number | null
}): EventReport {
  return {
    id: row.id,
    receivedAtMs: row.received_at_ms,
    roomId: row.room_id,
    roomName: row.name,
    canonicalAlias: row.canonical_alias,
    eventId: row.event_id,
    reporter: row.user_id,
    sender: row.sender,
    reason: row.reason,
    score: row.score,
  }
}

function toUserReport(row: { id: number; received_at_ms: number; target_user_id: string; user_id: string; reason: string }): UserReport {
  return { id: row.id, receivedAtMs: row.received_at_ms, targetUser: row.target_user_id, reporter: row.user_id, reason: row.reason }
}
