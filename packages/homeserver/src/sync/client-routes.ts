import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { RoomId } from '@glia/protocol'
import type { Presence } from '../presence/index.ts'
import type { Sync } from './sync.ts'
import { parseSyncToken } from './tokens.ts'

const UNSTABLE_STATE_AFTER = 'org.matrix.msc4222.use_state_after'

/** `GET /sync`, and its like of one room. */
export function syncClientRoutes(deps: { sync: Sync; presence: Presence | undefined }): Route[] {
  return [
    route(contract.client.roomHistory.getRoomSnapshot, async ({ params, query, requester }) =>
      deps.sync.snapshot({ userId: requester.userId, sessionId: requester.sessionId }, params.roomId as RoomId, query.limit),
    ),
    route(contract.client.sync.sync, async ({ query, requester, request }) => {
      const { userId, deviceId, sessionId } = requester
      const filter = await deps.sync.findFilter(userId, query.filter)
      const since = query.since ? parseSyncToken(query.since) : undefined
      const stateAfterKey = query[UNSTABLE_STATE_AFTER]
        ? 'org.matrix.msc4222.state_after'
        : query.use_state_after
          ? 'state_after'
          : undefined
      const asked = { userId, deviceId, sessionId, filter, since, fullState: query.full_state, stateAfterKey }
      const ended = deps.presence?.syncing(requester, query.set_presence ?? 'online')
      try {
        return await deps.sync.answer(asked, { timeoutMs: query.timeout, gone: request.signal })
      } finally {
        ended?.()
      }
    }),
  ]
}
