import { contract, MatrixError } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import { endOtherSessions } from './end-other-sessions.ts'
import type { UserList, UserListRequest } from './list-users.ts'
import { type PutUserDeps, putUser } from './put-user.ts'
import { readUserRequest } from './read-user-request.ts'
import { listAddresses } from './user-addresses-store.ts'
import { createUserDetailsFinder } from './user-details-store.ts'
import { userInListToWire, userToWire } from './user-to-wire.ts'

export interface UserAdminDeps extends PutUserDeps {
  readonly userList: UserList
  /** Rooms that the user is in, by id. */
  listJoinedRooms(userId: string): Promise<string[]>
}

export function userAdminRoutes(deps: UserAdminDeps): Route[] {
  const { database, users, devices, deactivation, auth, userList } = deps
  const endpoints = contract.admin.users
  const findDetails = createUserDetailsFinder(database.read)

  async function record(userId: UserId) {
    const user = await users.find(userId)
    if (!user) throw new MatrixError('M_NOT_FOUND', 'User not found')
    return userToWire(user, await findDetails(userId))
  }

  async function page(request: UserListRequest) {
    const found = await userList.page(request)
    const next = request.from + request.limit < found.total ? { next_token: String(request.from + found.users.length) } : {}
    return { users: found.users.map(userInListToWire), total: found.total, ...next }
  }

  return [
    route(endpoints.listUsersV2, ({ query }) => page({ ...requestOf(query), isDeactivated: query.deactivated ? undefined : false })),
    route(endpoints.listUsersV3, ({ query }) => page({ ...requestOf(query), isDeactivated: query.deactivated })),
    route(endpoints.getUser, ({ params }) => record(params.user_id as UserId)),
    route(endpoints.putUser, async ({ params, body, requester }) => {
      const userId = params.user_id as UserId
      const { isNew } = await putUser(deps, requester, userId, readUserRequest(body))
      return Reply.json(isNew ? 201 : 200, await record(userId))
    }),
    route(endpoints.isUserAdmin, async ({ params }) => ({ admin: (await users.find(params.user_id as UserId))?.isAdmin ?? false })),
    route(endpoints.setUserAdmin, async ({ params, body, requester }) => {
      const isAdmin = Boolean(body.admin)
      if (params.user_id === requester.userId && !isAdmin) throw new MatrixError('M_UNKNOWN', 'You may not demote yourself.')
      const before = await database.transaction((tx) => users.update(tx, params.user_id as UserId, { admin: isAdmin ? 1 : 0 }))
      if (!before) throw new MatrixError('M_NOT_FOUND', 'User not found')
      return {}
    }),
    route(endpoints.deactivateUser, async ({ params, body }) => {
      await deactivation.deactivate(params.target_user_id as UserId, { erase: body.erase })
      return { id_server_unbind_result: 'success' }
    }),
    route(endpoints.resetPassword, async ({ params, body, requester }) => {
      const userId = params.target_user_id as UserId
      if (!deps.passwordsEnabled) throw new MatrixError('M_FORBIDDEN', 'Password change disabled')
      if (!(await users.find(userId))) throw new MatrixError('M_NOT_FOUND', 'Unknown user')
      const passwordHash = await auth().hashPassword(body.new_password)
      await database.transaction(async (tx) => {
        await auth().setPasswordHash(tx, userId, passwordHash)
        const logout = body.logout_devices === undefined || Boolean(body.logout_devices)
        if (logout) await endOtherSessions(tx, { auth: auth(), devices }, requester, userId)
      })
      return {}
    }),
    route(endpoints.whois, async ({ params, requester }) => {
      if (params.user_id !== requester.userId && !requester.isAdmin) throw new MatrixError('M_FORBIDDEN', 'You are not a server admin')
      const connections = await listAddresses(database.read, params.user_id as UserId)
      return {
        user_id: params.user_id,
        devices: {
          '': {
            sessions: [
              {
                connections: connections.map(({ ip, lastSeenMs, userAgent }) => ({ ip, last_seen: lastSeenMs, user_agent: userAgent })),
              },
            ],
          },
        },
      }
    }),
    route(endpoints.listJoinedRooms, async ({ params }) => {
      const rooms = await deps.listJoinedRooms(params.user_id)
      return { joined_rooms: rooms, total: rooms.length }
    }),
    route(endpoints.loginAsUser, async ({ params, body, requester }) => {
      const userId = params.user_id as UserId
      if (!users.isLocal(userId)) throw new MatrixError('M_UNKNOWN', 'Only local users can be logged in as')
      if (userId === requester.userId) throw new MatrixError('M_UNKNOWN', 'Cannot use admin API to login as self')
      if (!(await users.find(userId))) throw new MatrixError('M_NOT_FOUND', 'User not found')
      const owner = requester.puppetOwner ?? requester.userId
      const token = await database.transaction((tx) =>
        auth().createPuppetToken(tx, { userId, owner, validUntilMs: body.valid_until_ms ?? undefined }),
      )
      return { access_token: token.accessToken }
    }),
    route(endpoints.isUsernameAvailable, async ({ query }) => {
      await users.checkLocalpartAvailable(query.username)
      return { available: true }
    }),
  ]
}

interface ListQuery {
  from: number
  limit: number
  user_id?: string
  name?: string
  guests: boolean
  admins?: boolean
  locked: boolean
  not_user_type?: string[]
  order_by: UserListRequest['orderBy']
  dir: 'b' | 'f'
}

function requestOf(query: ListQuery): Omit<UserListRequest, 'isDeactivated'> {
  return {
    from: query.from,
    limit: query.limit,
    userId: query.user_id,
    name: query.name,
    isGuest: query.guests ? undefined : false,
    isAdmin: query.admins,
    isLocked: query.locked ? undefined : false,
    notUserTypes: query.not_user_type ?? [],
    orderBy: query.order_by,
    descending: query.dir === 'b',
  }
}
