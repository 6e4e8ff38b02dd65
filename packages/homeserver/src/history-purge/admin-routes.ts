import { type BodyOf, contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { findHistoryPurge, type PurgeHistoryDeps, type PurgeLimit, purgeHistory } from './purge-history.ts'

/** Synapse Admin API, "Purge History API". */
export function historyPurgeRoutes(deps: PurgeHistoryDeps): Route[] {
  const { purgeHistory: endpoints } = contract.admin
  const start = async (roomId: string, body: PurgeBody, eventId?: string) => ({
    purge_id: await purgeHistory(deps, { roomId, limit: limitOf(body, eventId), deletesLocalEvents: isTruthy(body.delete_local_events) }),
  })
  return [
    route(endpoints.purgeHistory, ({ params, body }) => start(params.room_id, body)),
    route(endpoints.purgeHistoryUpToEvent, ({ params, body }) => start(params.room_id, body, params.event_id)),
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
