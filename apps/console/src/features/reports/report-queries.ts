import type { Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { oneRoomKey } from '../rooms/room-queries.ts'
import { type ReportsSearch, reportsRequest } from './reports-search.ts'

export type ReportInList = Awaited<ReturnType<Client['glia']['reports']['listReports']>>['reports'][number]
export type Report = Awaited<ReturnType<Client['glia']['reports']['getReport']>>

export const reportsKey = ['reports'] as const

const COUNTS_EVERY_MS = 60_000

export function reportsQuery(client: Client, search: ReportsSearch) {
  const query = reportsRequest(search)
  return queryOptions({
    queryKey: [...reportsKey, 'list', query],
    queryFn: ({ signal }) => client.glia.reports.listReports({ query, signal }),
    placeholderData: keepPreviousData,
  })
}

export function reportQuery(client: Client, reportId: string) {
  return queryOptions({
    queryKey: [...reportsKey, 'one', reportId],
    queryFn: ({ signal }) => client.glia.reports.getReport({ params: { report_id: reportId }, signal }),
  })
}

/** How many there are in each state; asked for again every minute, for the badge. */
export function reportCountsQuery(client: Client) {
  return queryOptions({
    queryKey: [...reportsKey, 'counts'],
    queryFn: ({ signal }) => client.glia.reports.countReports({ signal }),
    refetchInterval: COUNTS_EVERY_MS,
  })
}

/** The reported event with what was said before and after it. */
export function reportContextQuery(client: Client, roomId: string, eventId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'context', eventId],
    queryFn: ({ signal }) =>
      client.admin.roomHistory.getEventContext({ params: { room_id: roomId, event_id: eventId }, query: { limit: 6 }, signal }),
    retry: false,
  })
}
