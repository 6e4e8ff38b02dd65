import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { TellAdmins } from '../admin-stream/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { reportId } from './case-routes.ts'
import {
  deleteReport,
  type EventReport,
  findEventReport,
  findUserReport,
  listEventReports,
  listUserReports,
  type UserReport,
} from './report-lists.ts'

/** Synapse Admin API, "Show reported events", and the same for users. */
export function reportAdminRoutes({ database, tellAdmins }: { database: Database<HomeserverSchema>; tellAdmins: TellAdmins }): Route[] {
  const endpoints = contract.admin.reports
  const remove = (table: 'event_reports' | 'user_reports', id: number) =>
    database.transaction(async (tx) => {
      if (!(await deleteReport(tx, table, id))) return false
      await tellAdmins(tx, 'report', String(id))
      return true
    })
  return [
    route(endpoints.listEventReports, async ({ query }) => {
      const { from, limit, dir, user_id: reporter, room_id: room, event_sender_user_id: eventSender } = query
      const page = await listEventReports(database.read, { from, limit, newestFirst: dir === 'b', reporter, room, eventSender })
      return { event_reports: page.reports.map(eventReportToWire), total: page.total, ...nextToken(query, page) }
    }),
    route(endpoints.getEventReport, async ({ params }) => {
      const found = await findEventReport(database.read, reportId(params.report_id))
      if (!found) throw eventReportNotFound()
      return { ...eventReportToWire(found.report), event_json: { ...found.event.pdu } }
    }),
    route(endpoints.deleteEventReport, async ({ params }) => {
      if (!(await remove('event_reports', reportId(params.report_id)))) throw eventReportNotFound()
      return {}
    }),
    route(endpoints.listUserReports, async ({ query }) => {
      const { from, limit, dir, user_id: reporter, target_user_id: targetUser } = query
      const page = await listUserReports(database.read, { from, limit, newestFirst: dir === 'b', reporter, targetUser })
      return { user_reports: page.reports.map(userReportToWire), total: page.total, ...nextToken(query, page) }
    }),
    route(endpoints.getUserReport, async ({ params }) => {
      const report = await findUserReport(database.read, reportId(params.report_id))
      if (!report) throw userReportNotFound()
      return userReportToWire(report)
    }),
    route(endpoints.deleteUserReport, async ({ params }) => {
      if (!(await remove('user_reports', reportId(params.report_id)))) throw userReportNotFound()
      return {}
    }),
  ]
}

function nextToken({ from, limit }: { from: number; limit: number }, { reports, total }: { reports: readonly unknown[]; total: number }) {
  return from + limit < total ? { next_token: from + reports.length } : {}
}

function eventReportToWire(report: EventReport) {
  return {
    id: report.id,
    received_ts: report.receivedAtMs,
    room_id: report.roomId,
    name: report.roomName,
    canonical_alias: report.canonicalAlias,
    event_id: report.eventId,
    user_id: report.reporter,
    sender: report.sender,
    reason: report.reason,
    score: report.score,
  }
}

function userReportToWire(report: UserReport) {
  return {
    id: report.id,
    received_ts: report.receivedAtMs,
    target_user_id: report.targetUser,
    user_id: report.reporter,
    reason: report.reason,
  }
}

function eventReportNotFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'Event report not found')
}

function userReportNotFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'User report not found')
}
