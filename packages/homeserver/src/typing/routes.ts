import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Requester, type Route, route } from '@glia/http'
import type { RoomId } from '@glia/protocol'
import { isJoined } from '../joined-member.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { TypingUsers } from './typing-users.ts'

const DEFAULT_TIMEOUT_MS = 30_000
const MIN_TIMEOUT_MS = 1_000
const MAX_TIMEOUT_MS = 120_000

export function typingClientRoutes(deps: {
  database: Database<HomeserverSchema>
  typing: TypingUsers
  /** The user did something. */
  onActive: (requester: Requester) => void
}): Route[] {
  return [
    route(contract.client.typing.setTyping, async ({ params, body, requester }) => {
      const { roomId } = params
      if (params.userId !== requester.userId) {
        // the status is Synapse's
        throw new MatrixError('M_FORBIDDEN', "Cannot set another user's typing state", { status: 400 })
      }
      if (!(await isJoined(deps.database.read, roomId, requester.userId))) {
        throw new MatrixError('M_FORBIDDEN', `User ${requester.userId} not in room ${roomId}`)
      }
      deps.onActive(requester)
      if (requester.isShadowBanned) return {}
      if (body.typing) {
        const timeoutMs = Math.min(Math.max(body.timeout ?? DEFAULT_TIMEOUT_MS, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS)
        deps.typing.start(roomId as RoomId, requester.userId, timeoutMs)
      } else deps.typing.stop(roomId as RoomId, requester.userId)
      return {}
    }),
  ]
}
