import { contract, MatrixError } from '@glia/contract'
import { type Requester, type Route, route } from '@glia/http'
import type { RoomId } from '@glia/protocol'
import { findEvent } from '../timeline/index.ts'
import { readContext } from './context.ts'
import type { HistoryDeps, HistoryReader } from './history-deps.ts'
import { readMessages } from './messages.ts'
import { withOldKeys } from './old-keys.ts'
import { findEventByTimestamp } from './timestamp.ts'

/** Reading rooms as an admin: every room, every event. */
export function historyAdminRoutes(deps: HistoryDeps): Route[] {
  const { roomHistory } = contract.admin
  return [
    route(roomHistory.getRoomMessages, async ({ params, query, requester, request }) => {
      const { from, to, dir: direction, limit, filter } = query
      const isWhole = request.rawQuery.has('raw') || asksForWhole(filter)
      const page = await readMessages(deps, adminReader(requester), params.room_id as RoomId, {
        from: from === 'END' ? undefined : from,
        to,
        direction,
        limit,
        filter,
        format: isWhole ? 'federation' : 'client',
      })
      const write = isWhole ? (event: object) => ({ ...event }) : withOldKeys
      return {
        start: page.start,
        ...(page.end === undefined ? {} : { end: page.end }),
        chunk: page.chunk.map(write),
        ...(page.state === undefined ? {} : { state: page.state.map(write) }),
      }
    }),
    route(roomHistory.getEventContext, async ({ params, query, requester }) => {
      const { limit, filter } = query
      const context = await readContext(deps, adminReader(requester), params.room_id as RoomId, params.event_id, { limit, filter })
      return {
        start: context.start,
        end: context.end,
        event: withOldKeys(context.event),
        events_before: context.eventsBefore.map(withOldKeys),
        events_after: context.eventsAfter.map(withOldKeys),
        state: context.state.map(withOldKeys),
      }
    }),
    route(roomHistory.getEventByTimestamp, async ({ params, query, requester }) => {
      const found = await findEventByTimestamp(deps, adminReader(requester), params.room_id as RoomId, query.ts, query.dir)
      return { event_id: found.eventId, origin_server_ts: found.originServerTs }
    }),
    route(roomHistory.fetchEvent, async ({ params }) => {
      const event = await findEvent(deps.database.read, params.event_id)
      if (!event || event.rejectedReason !== undefined) throw new MatrixError('M_NOT_FOUND', 'Event not found')
      const age = Math.max(0, deps.clock.nowMs() - event.originServerTs)
      return { event: { ...event.pdu, event_id: event.eventId, unsigned: { ...event.pdu.unsigned, age } } }
    }),
  ]
}

function adminReader(requester: Requester): HistoryReader {
  return { userId: requester.userId, sessionId: requester.sessionId, seesEverything: true }
}

/** `event_format` belongs to filters of /sync; Synapse looks at it here, too. */
function asksForWhole(filter: string | undefined): boolean {
  try {
    return filter !== undefined && (JSON.parse(filter) as { event_format?: unknown } | null)?.event_format === 'federation'
  } catch {
    // refused where the filter is read
    return false
  }
}
