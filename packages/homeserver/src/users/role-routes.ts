import { contract, MatrixError, operationsOf } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'
import type { Users } from './users.ts'

export function adminRoleRoutes({ database, users }: { database: Database<UserTables>; users: Users }): Route[] {
  const endpoints = contract.glia.adminRoles
  return [
    route(endpoints.getOwnAdminRole, async ({ requester }) => {
      const { userId, isAdmin, adminRoles } = requester
      const operations = isAdmin ? null : [...new Set(adminRoles.flatMap(operationsOf))].sort()
      return { user_id: userId, admin: isAdmin, role: adminRoles[0] ?? null, operations }
    }),
    route(endpoints.getAdminRole, async ({ params }) => {
      const user = await users.find(params.user_id as UserId)
      if (!user) throw userNotFound()
      return { admin: user.isAdmin, role: user.adminRole ?? null }
    }),
    route(endpoints.setAdminRole, async ({ params, body }) => {
      const before = await database.transaction((tx) => users.update(tx, params.user_id as UserId, { admin_role: body.role }))
      if (!before) throw userNotFound()
      return { admin: before.isAdmin, role: body.role }
    }),
  ]
}

function userNotFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'User not found')
}
