import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { countJoinedRooms, countSentInvites } from './user-activity.ts'
import type { Users } from './users.ts'

/** How much a user does, and may do. */
export function userLimitRoutes({ database, users }: { database: Database<HomeserverSchema>; users: Users }): Route[] {
  const { rateLimits, userActivity } = contract.admin

  const set = async (userId: string, limit: { perSecond: number; burstCount: number } | undefined): Promise<void> => {
    if (!users.isLocal(userId)) throw new MatrixError('M_UNKNOWN', 'Only local users can be ratelimited')
    const changes = { messages_per_second: limit?.perSecond ?? null, message_burst: limit?.burstCount ?? null }
    const before = await database.transaction((tx) => users.update(tx, userId as UserId, changes))
    if (!before) throw new MatrixError('M_NOT_FOUND', 'User not found')
  }

  return [
    route(rateLimits.getRateLimitOverride, async ({ params }) => {
      if (!users.isLocal(params.user_id)) throw new MatrixError('M_UNKNOWN', 'Can only look up local users')
      const user = await users.find(params.user_id as UserId)
      if (!user) throw new MatrixError('M_NOT_FOUND', 'User not found')
      const limit = user.messageLimit
      return limit ? { messages_per_second: limit.perSecond, burst_count: limit.burstCount } : {}
    }),
    route(rateLimits.setRateLimitOverride, async ({ params, body }) => {
      await set(params.user_id, { perSecond: body.messages_per_second, burstCount: body.burst_count })
      return { messages_per_second: body.messages_per_second, burst_count: body.burst_count }
    }),
    route(rateLimits.deleteRateLimitOverride, async ({ params }) => {
      await set(params.user_id, undefined)
      return {}
    }),
    route(userActivity.countSentInvites, async ({ params, query }) => ({
      invite_count: await countSentInvites(database.read, params.user_id, query.from_ts),
    })),
    route(userActivity.countJoinedRooms, async ({ params, query }) => ({
      cumulative_joined_room_count: await countJoinedRooms(database.read, params.user_id, query.from_ts),
    })),
  ]
}
