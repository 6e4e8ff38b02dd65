import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Requester, type Route, route } from '@glia/http'
import { isUserId, type UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'
import type { UserRecord } from './user-record.ts'
import type { UserChanges } from './user-store.ts'
import type { Users } from './users.ts'

export function userModerationRoutes(deps: { database: Database<UserTables>; users: Users }): Route[] {
  const { database, users } = deps
  const endpoints = contract.admin.userModeration

  async function change(userId: UserId, changes: UserChanges): Promise<void> {
    const before = await database.transaction((tx) => users.update(tx, userId, changes))
    if (!before) throw new MatrixError('M_NOT_FOUND', 'User not found')
  }

  async function setShadowBan(userId: string, isBanned: boolean): Promise<Record<string, never>> {
    if (!users.isLocal(userId)) throw new MatrixError('M_UNKNOWN', 'Only local users can be shadow-banned')
    await change(userId as UserId, { shadow_banned: isBanned ? 1 : 0 })
    return {}
  }

  /** The specification's rules: only active accounts of this server, and to change them, neither one's own nor another admin's. */
  async function moderated(requester: Requester, text: string, isChange: boolean): Promise<UserRecord> {
    if (!isUserId(text) || !users.isLocal(text)) throw new MatrixError('M_INVALID_PARAM', 'User is not local')
    const user = await users.find(text)
    if (!user || user.isDeactivated) throw new MatrixError('M_NOT_FOUND', 'User not found')
    if (isChange && user.userId === requester.userId) throw new MatrixError('M_FORBIDDEN', 'You cannot moderate your own account')
    if (isChange && user.isAdmin) throw new MatrixError('M_FORBIDDEN', 'You cannot moderate another admin')
    return user
  }

  return [
    route(endpoints.suspendUser, async ({ params, body }) => {
      await change(params.target_user_id as UserId, { suspended: body.suspend ? 1 : 0 })
      return { [`user_${params.target_user_id}_suspended`]: body.suspend }
    }),
    route(endpoints.shadowBanUser, ({ params }) => setShadowBan(params.user_id, true)),
    route(endpoints.liftShadowBan, ({ params }) => setShadowBan(params.user_id, false)),
    route(endpoints.isSuspended, async ({ params, requester }) => ({
      suspended: (await moderated(requester, params.user_id, false)).isSuspended,
    })),
    route(endpoints.setSuspended, async ({ params, body, requester }) => {
      const { userId } = await moderated(requester, params.user_id, true)
      await change(userId, { suspended: body.suspended ? 1 : 0 })
      return { suspended: body.suspended }
    }),
    route(endpoints.isLocked, async ({ params, requester }) => ({
      locked: (await moderated(requester, params.user_id, false)).isLocked,
    })),
    route(endpoints.setLocked, async ({ params, body, requester }) => {
      const { userId } = await moderated(requester, params.user_id, true)
      await change(userId, { locked: body.locked ? 1 : 0 })
      return { locked: body.locked }
    }),
  ]
}
