import { contract, type QueryOf } from '@glia/contract'
import { type Requester, type Route, route } from '@glia/http'
import type { RoomId } from '@glia/protocol'
import { readContext } from './context.ts'
import type { HistoryDeps, HistoryReader } from './history-deps.ts'
import { readMessages } from './messages.ts'
import { type RelationsPage, readRelations, readThreads } from './relations.ts'
import { readEvent, readJoinedMembers, readMembers, readState, readStateEvent } from './room-state.ts'
import { findEventByTimestamp } from './timestamp.ts'

/** Reading rooms: history, state, members, relations. */
export function historyClientRoutes(deps: HistoryDeps): Route[] {
  const { roomHistory } = contract.client
  return [
    route(roomHistory.getRoomMessages, async ({ params, query, requester }) => {
      const { from, to, dir, limit, filter } = query
      const page = await readMessages(deps, readerOf(requester), params.roomId as RoomId, { from, to, direction: dir, limit, filter })
      const { start, end, chunk, state } = page
      return { start, ...(end === undefined ? {} : { end }), chunk, ...(state === undefined ? {} : { state }) }
    }),
    route(roomHistory.getEventContext, async ({ params, query, requester }) => {
      const { limit, filter } = query
      const context = await readContext(deps, readerOf(requester), params.roomId as RoomId, params.eventId, { limit, filter })
      const { start, end, event, eventsBefore, eventsAfter, state } = context
      return { start, end, event, events_before: eventsBefore, events_after: eventsAfter, state }
    }),
    route(roomHistory.getRoomEvent, async ({ params, requester }) =>
      readEvent(deps, readerOf(requester), params.roomId as RoomId, params.eventId),
    ),
    route(roomHistory.getRoomMembers, async ({ params, query, requester }) => {
      const { at, membership, not_membership: notMembership } = query
      return { chunk: await readMembers(deps, readerOf(requester), params.roomId as RoomId, { at, membership, notMembership }) }
    }),
    route(roomHistory.getJoinedMembers, async ({ params, requester }) => {
      const members = await readJoinedMembers(deps, readerOf(requester), params.roomId as RoomId)
      const joined = members.map(({ userId, displayName, avatarUrl }) => [userId, { display_name: displayName, avatar_url: avatarUrl }])
      return { joined: Object.fromEntries(joined) }
    }),
    route(roomHistory.getRoomState, async ({ params, requester }) => readState(deps, readerOf(requester), params.roomId as RoomId)),
    route(roomHistory.getRoomStateEvent, async ({ params, query, requester }) => {
      const event = await readStateEvent(deps, readerOf(requester), params.roomId as RoomId, params.eventType, params.stateKey)
      return query.format === 'event' ? event : event.content
    }),
    route(roomHistory.getRoomStateEventWithEmptyKey, async ({ params, query, requester }) => {
      const event = await readStateEvent(deps, readerOf(requester), params.roomId as RoomId, params.eventType, '')
      return query.format === 'event' ? event : event.content
    }),
    route(roomHistory.getEventByTimestamp, async ({ params, query, requester }) => {
      const found = await findEventByTimestamp(deps, readerOf(requester), params.roomId as RoomId, query.ts, query.dir)
      return { event_id: found.eventId, origin_server_ts: found.originServerTs }
    }),
    ...relationRoutes(deps),
  ]
}

function relationRoutes(deps: HistoryDeps): Route[] {
  const { relations } = contract.client
  type Query = QueryOf<typeof relations.getRelations>
  const read = async (
    requester: Requester,
    params: { roomId: string; eventId: string; relType?: string; eventType?: string },
    query: Query,
  ) => {
    const { dir: direction, from, to, limit, recurse } = query
    const { relType, eventType } = params
    const wanted = { relType, eventType, direction, from, to, limit, recurse }
    return relationsToWire(await readRelations(deps, readerOf(requester), params.roomId as RoomId, params.eventId, wanted))
  }
  return [
    route(relations.getRelations, ({ params, query, requester }) => read(requester, params, query)),
    route(relations.getRelationsByType, ({ params, query, requester }) => read(requester, params, query)),
    route(relations.getRelationsByTypeAndEventType, ({ params, query, requester }) => read(requester, params, query)),
    route(relations.getThreads, async ({ params, query, requester }) => {
      const { include, limit, from } = query
      const page = await readThreads(deps, readerOf(requester), params.roomId as RoomId, { include, limit, from })
      return { chunk: page.chunk, ...(page.nextBatch === undefined ? {} : { next_batch: page.nextBatch }) }
    }),
  ]
}

function relationsToWire({ chunk, nextBatch, prevBatch, recursionDepth }: RelationsPage) {
  return {
    chunk,
    ...(nextBatch === undefined ? {} : { next_batch: nextBatch }),
    ...(prevBatch === undefined ? {} : { prev_batch: prevBatch }),
    ...(recursionDepth === undefined ? {} : { recursion_depth: recursionDepth }),
  }
}

function readerOf(requester: Requester): HistoryReader {
  return { userId: requester.userId, sessionId: requester.sessionId }
}
