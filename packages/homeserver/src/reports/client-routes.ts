import { contract } from '@glia/contract'
import { type Requester, type Route, route } from '@glia/http'
import type { RoomId } from '@glia/protocol'
import type { Reports } from './reports.ts'

export interface ReportClientRoutesDeps {
  readonly reports: Reports
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitReports: (requester: Requester) => void
}

export function reportClientRoutes({ reports, limitReports }: ReportClientRoutesDeps): Route[] {
  const endpoints = contract.client.reports
  return [
    route(endpoints.reportEvent, async ({ params, body, requester }) => {
      limitReports(requester)
      const { reason, score } = body
      await reports.reportEvent(requester.userId, { roomId: params.roomId as RoomId, eventId: params.eventId, reason, score })
      return {}
    }),
    route(endpoints.reportRoom, async ({ params, body, requester }) => {
      limitReports(requester)
      await reports.reportRoom(requester.userId, { roomId: params.roomId, reason: body.reason })
      return {}
    }),
    route(endpoints.reportUser, async ({ params, body, requester }) => {
      limitReports(requester)
      await reports.reportUser(requester.userId, { userId: params.userId, reason: body.reason })
      return {}
    }),
  ]
}
