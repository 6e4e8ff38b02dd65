import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { HistoryDeps } from '../history/index.ts'
import { readSearch } from './read-search.ts'
import { type SearchResult, searchEvents } from './search.ts'

export interface SearchRoutesDeps extends HistoryDeps {
  readonly isEnabled: boolean
}

export function searchClientRoutes(deps: SearchRoutesDeps): Route[] {
  return [
    route(contract.client.search.searchEvents, async ({ query, body, requester }) => {
      if (!deps.isEnabled) throw new MatrixError('M_UNKNOWN', 'Search is disabled on this homeserver')
      const request = readSearch(body.search_categories, query.next_batch)
      const reader = { userId: requester.userId, sessionId: requester.sessionId }
      const { count, results, nextBatch, state, groups } = await searchEvents(deps, reader, request)
      return {
        search_categories: {
          room_events: {
            count,
            highlights: [...request.words],
            results: results.map(resultToWire),
            ...(nextBatch === undefined ? {} : { next_batch: nextBatch }),
            ...(state === undefined ? {} : { state: { ...state } }),
            ...(groups === undefined ? {} : { groups: { ...groups } }),
          },
        },
      }
    }),
  ]
}

function resultToWire({ rank, event, context }: SearchResult) {
  if (!context) return { rank, result: event, context: {} }
  const { eventsBefore, eventsAfter, start, end, profiles } = context
  return {
    rank,
    result: event,
    context: {
      events_before: eventsBefore,
      events_after: eventsAfter,
      start,
      end,
      ...(profiles === undefined ? {} : { profile_info: { ...profiles } }),
    },
  }
}
