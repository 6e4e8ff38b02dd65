import { contract, MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { type Route, route } from '@glia/http'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { TellAdmins } from '../admin-stream/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import { findEvent } from '../timeline/index.ts'
import {
  caseHistory,
  changeCase,
  countCases,
  findCase,
  findCases,
  listCases,
  mayLookAfter,
  type ReportCase,
  type ReportChange,
} from './report-cases.ts'

export interface CaseRoutesDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly random: Random
  readonly tellAdmins: TellAdmins
}

/** Reports as work: who looks after which, and what came of it. */
export function reportCaseRoutes({ database, clock, random, tellAdmins }: CaseRoutesDeps): Route[] {
  const endpoints = contract.glia.reports

  const details = async (id: number) => {
    const found = await findCase(database.read, id)
    if (!found) throw notFound()
    const event = found.eventId === null ? undefined : await findEvent(database.read, found.eventId)
    const history = await caseHistory(database.read, id)
    return {
      ...toWire(found),
      event: event ? { ...event.pdu, event_id: event.eventId } : null,
      history: history.map(({ atMs, userId, ...change }) => ({ at: atMs, user_id: userId, ...change })),
    }
  }

  return [
    route(endpoints.listReports, async ({ query }) => {
      const { kind, state, assignee, room_id: roomId, target_user_id: targetUserId, from, limit } = query
      for (const [name, value] of Object.entries({ assignee, room_id: roomId, target_user_id: targetUserId })) {
        checkStorableText(value ?? '', name)
      }
      const filter = { kind, state, assignee: assignee === 'none' ? null : assignee, roomId, targetUserId }
      const found = await listCases(database.read, filter, { before: from, limit: limit + 1 })
      const reports = found.slice(0, limit)
      return { reports: reports.map(toWire), ...(found.length > limit ? { next_token: reports.at(-1)!.id } : {}) }
    }),
    route(endpoints.countReports, async () => countCases(database.read)),
    route(endpoints.getReport, async ({ params }) => details(reportId(params.report_id))),
    route(endpoints.updateReport, async ({ params, body, requester }) => {
      const id = reportId(params.report_id)
      const change: ReportChange = {
        ...(body.state === undefined ? {} : { state: body.state }),
        ...(body.assignee === undefined ? {} : { assignee: body.assignee }),
        ...(body.note === undefined ? {} : { note: body.note }),
      }
      if (Object.keys(change).length === 0) throw new MatrixError('M_MISSING_PARAM', 'One of state, assignee and note is needed')
      if (typeof change.assignee === 'string') await checkAssignee(change.assignee)
      const by = { userId: requester.userId, atMs: clock.nowMs(), entryId: makeUlid(clock, random) }
      const isChanged = await database.transaction(async (tx) => {
        if (!(await changeCase(tx, id, change, by))) return false
        await tellAdmins(tx, 'report', String(id))
        return true
      })
      if (!isChanged) throw notFound()
      return details(id)
    }),
  ]

  async function checkAssignee(userId: string): Promise<void> {
    checkStorableText(userId, 'assignee')
    if (await mayLookAfter(database.read, userId)) return
    throw new MatrixError('M_INVALID_PARAM', 'assignee must be an admin or helper of this server')
  }
}

/** As in the list, by id. */
export async function reportsById(reads: Reads<HomeserverSchema>, ids: readonly string[]) {
  return new Map((await findCases(reads, ids.map(Number))).map((report) => [String(report.id), toWire(report)]))
}

function toWire(report: ReportCase) {
  return {
    id: report.id,
    kind: report.kind,
    received_at: report.receivedAtMs,
    reporter: report.reporter,
    reason: report.reason,
    room_id: report.roomId,
    event_id: report.eventId,
    target_user_id: report.targetUserId,
    state: report.state,
    assignee: report.assignee,
    changed_at: report.changedAtMs,
  }
}

/** Numbers that are too large for any report find none. */
export function reportId(text: string): number {
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
  throw new MatrixError('M_INVALID_PARAM', 'The report_id parameter must be a string representing a positive integer.')
}

function notFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'Report not found')
}
