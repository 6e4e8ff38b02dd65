import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { RoomId } from '@glia/protocol'
import type { Reports } from './reports.ts'

export function reportClientRoutes({ reports }: { reports: Reports }): Route[] {
  const endpoints = contract.client.reports
  return [
    route(endpoints.reportEvent, async ({ params, body, requester }) => {
      const { reason, score } = body
      await reports.reportEvent(requester.userId, { roomId: params.roomId as RoomId, eventId: params.eventId, reason, score })
      return {}
    }),
    route(endpoints.reportRoom, async ({ params, body, requester }) => {
      await reports.reportRoom(requester.userId, { roomId: params.roomId, reason: body.reason })
      return {}
    }),
    route(endpoints.reportUser, async ({ params, body, requester }) => {
      await reports.reportUser(requester.userId, { userId: params.userId, reason: body.reason })
      return {}
    }),
  ]
}
