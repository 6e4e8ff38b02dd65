import type { contract } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { Selectable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { ReportTables } from './tables.ts'

export type ReportKind = (typeof contract.glia.reports.reportKinds)[number]
export type ReportState = (typeof contract.glia.reports.reportStates)[number]

/** A report of any kind, with what admins make of it. */
export interface ReportCase {
  readonly id: number
  readonly kind: ReportKind
  readonly receivedAtMs: number
  readonly reporter: string
  readonly reason: string | null
  readonly roomId: string | null
  readonly eventId: string | null
  /** The reported user, or the sender of the reported event. */
  readonly targetUserId: string | null
  readonly state: ReportState
  readonly assignee: string | null
  readonly changedAtMs: number
}

export interface ReportChange {
  readonly state?: ReportState
  /** null: nobody. */
  readonly assignee?: string | null
  readonly note?: string
}

export interface HistoryEntry extends ReportChange {
  readonly atMs: number
  readonly userId: string
}

export interface CaseFilter {
  readonly kind?: ReportKind | undefined
  readonly state?: ReportState | undefined
  /** null: of nobody. */
  readonly assignee?: string | null | undefined
  readonly roomId?: string | undefined
  readonly targetUserId?: string | undefined
}

export async function addCase(
  tx: Transaction<HomeserverSchema>,
  report: Omit<ReportCase, 'state' | 'assignee' | 'changedAtMs'>,
): Promise<void> {
  await tx.db
    .insertInto('report_cases')
    .values({
      id: report.id,
      kind: report.kind,
      received_at_ms: report.receivedAtMs,
      reporter: report.reporter,
      reason: report.reason,
      room_id: report.roomId,
      event_id: report.eventId,
      target_user_id: report.targetUserId,
      state: 'new',
      assignee: null,
      changed_at_ms: report.receivedAtMs,
    })
    .execute()
}

/** Newest first. @param page.before only those with smaller ids */
export async function listCases(
  reads: Reads<HomeserverSchema>,
  filter: CaseFilter,
  page: { before: number | undefined; limit: number },
): Promise<ReportCase[]> {
  const { kind, state, assignee, roomId, targetUserId } = filter
  const rows = await reads
    .selectFrom('report_cases')
    .selectAll()
    .$if(kind !== undefined, (select) => select.where('kind', '=', kind!))
    .$if(state !== undefined, (select) => select.where('state', '=', state!))
    .$if(assignee === null, (select) => select.where('assignee', 'is', null))
    .$if(typeof assignee === 'string', (select) => select.where('assignee', '=', assignee!))
    .$if(roomId !== undefined, (select) => select.where('room_id', '=', roomId!))
    .$if(targetUserId !== undefined, (select) => select.where('target_user_id', '=', targetUserId!))
    .$if(page.before !== undefined, (select) => select.where('id', '<', page.before!))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(toCase)
}

export async function countCases(reads: Reads<HomeserverSchema>): Promise<Record<ReportState, number>> {
  const rows = await reads
    .selectFrom('report_cases')
    .select((select) => ['state', select.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute()
  const counts = { new: 0, in_progress: 0, resolved: 0, dismissed: 0 }
  for (const { state, count } of rows) counts[state as ReportState] = Number(count)
  return counts
}

export async function findCase(reads: Reads<HomeserverSchema>, id: number): Promise<ReportCase | undefined> {
  const row = await reads.selectFrom('report_cases').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toCase(row)
}

export async function findCases(reads: Reads<HomeserverSchema>, ids: readonly number[]): Promise<ReportCase[]> {
  return (await reads.selectFrom('report_cases').selectAll().where('id', 'in', ids).execute()).map(toCase)
}

/** Oldest first. */
export async function caseHistory(reads: Reads<HomeserverSchema>, id: number): Promise<HistoryEntry[]> {
  const rows = await reads.selectFrom('report_history').selectAll().where('report_id', '=', id).orderBy('id').execute()
  return rows.map((row) => ({ atMs: row.at_ms, userId: row.user_id, ...(JSON.parse(row.change_json) as ReportChange) }))
}

/** Changes a report and notes who did. @param entryId a ULID @returns false: there is no such report */
export async function changeCase(
  tx: Transaction<HomeserverSchema>,
  id: number,
  change: ReportChange,
  by: { userId: string; atMs: number; entryId: string },
): Promise<boolean> {
  const { state, assignee } = change
  const changed = await tx.db
    .updateTable('report_cases')
    .set({
      ...(state === undefined ? {} : { state }),
      ...(assignee === undefined ? {} : { assignee }),
      changed_at_ms: by.atMs,
    })
    .where('id', '=', id)
    .returning('id')
    .execute()
  if (changed.length === 0) return false
  await tx.db
    .insertInto('report_history')
    .values({ id: by.entryId, report_id: id, at_ms: by.atMs, user_id: by.userId, change_json: JSON.stringify(change) })
    .execute()
  return true
}

export async function deleteCase(tx: Transaction<HomeserverSchema>, id: number): Promise<void> {
  await tx.db.deleteFrom('report_history').where('report_id', '=', id).execute()
  await tx.db.deleteFrom('report_cases').where('id', '=', id).execute()
}

/** Admins and helpers may. */
export async function mayLookAfter(reads: Reads<HomeserverSchema>, userId: string): Promise<boolean> {
  const user = await reads.selectFrom('users').select(['admin', 'admin_role']).where('user_id', '=', userId).executeTakeFirst()
  return user !== undefined && (user.admin === 1 || user.admin_role !== null)
}

function toCase(row: Selectable<ReportTables['report_cases']>): ReportCase {
  return {
    id: row.id,
    kind: row.kind as ReportKind,
    receivedAtMs: row.received_at_ms,
    reporter: row.reporter,
    reason: row.reason,
    roomId: row.room_id,
    eventId: row.event_id,
    targetUserId: row.target_user_id,
    state: row.state as ReportState,
    assignee: row.assignee,
    changedAtMs: row.changed_at_ms,
  }
}
