import { type BodyOf, contract, isDryRun, MatrixError, type QueryOf } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { ServerName } from '@glia/protocol'
import { countPurgedHistory, findHistoryPurge, type PurgeHistoryDeps, type PurgeLimit, purgeHistory } from './purge-history.ts'

/** Synapse Admin API, "Purge History API". */
export function historyPurgeRoutes(deps: PurgeHistoryDeps & { serverName: ServerName }): Route[] {
  const { purgeHistory: endpoints } = contract.admin
  async function start(roomId: string, query: PurgeQuery, body: PurgeBody, eventId?: string) {
    const purge = { roomId, limit: limitOf(body, eventId), deletesLocalEvents: isTruthy(body.delete_local_events) }
    if (isDryRun(query)) return { would: { events: await countPurgedHistory(deps, purge) } }
    return { purge_id: await purgeHistory(deps, purge) }
  }
  return [
    route(endpoints.purgeHistory, ({ params, query, body }) => start(params.room_id, query, body)),
    route(endpoints.purgeHistoryUpToEvent, ({ params, query, body }) => start(params.room_id, query, body, params.event_id)),
    route(endpoints.getHistoryPurge, async ({ params }) => {
      const task = await findHistoryPurge(deps.tasks, params.purge_id)
      if (!task) throw new MatrixError('M_NOT_FOUND', `purge id '${params.purge_id}' not found`)
      return {
        status: task.status === 'scheduled' ? ('active' as const) : task.status,
        ...(task.error === null ? {} : { error: task.error }),
      }
    }),
  ]
}

type PurgeQuery = QueryOf<typeof contract.admin.purgeHistory.purgeHistory>
type PurgeBody = BodyOf<typeof contract.admin.purgeHistory.purgeHistory>

function limitOf(body: PurgeBody, eventInPath: string | undefined): PurgeLimit {
  const eventId = eventInPath ?? body.purge_up_to_event_id ?? undefined
  if (eventId !== undefined) return { eventId }
  if (body.purge_up_to_ts !== undefined) return { receivedUpToMs: body.purge_up_to_ts }
  throw new MatrixError('M_BAD_JSON', 'must specify purge_up_to_event_id or purge_up_to_ts')
}

/** Synapse takes any JSON here; what is empty there means no. */
function isTruthy(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}
