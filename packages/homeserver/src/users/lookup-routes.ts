import { contract, MatrixError } from '@glia/contract'
import { containsIgnoringCase, type Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import { sql } from 'kysely'
import type { UserTables } from './tables.ts'
import type { Users } from './users.ts'

const MAX_FOUND = 1000

export function userLookupRoutes(deps: {
  database: Database<UserTables>
  users: Users
  /** Membership by room id. */
  listMemberships(userId: string): Promise<Record<string, string>>
}): Route[] {
  const { database, users } = deps
  const endpoints = contract.admin.userLookup
  return [
    route(endpoints.findUserByExternalId, async ({ params }) => {
      const found = await database.read
        .selectFrom('user_external_ids')
        .select('user_id')
        .where('auth_provider', '=', params.provider)
        .where('external_id', '=', params.external_id)
        .executeTakeFirst()
      return { user_id: found?.user_id ?? notFound() }
    }),
    route(endpoints.findUserByThreepid, async ({ params }) => {
      const address = params.medium === 'email' ? params.address.toLowerCase() : params.address
      return { user_id: (await users.findByThreepid(params.medium, address)) ?? notFound() }
    }),
    route(endpoints.listMemberships, async ({ params }) => ({ memberships: await deps.listMemberships(params.user_id) })),
    route(endpoints.searchUsers, async ({ query }) => {
      const rows = await database.read
        .selectFrom('users')
        .select(['user_id', 'is_guest', 'admin', 'user_type'])
        .where(containsIgnoringCase(sql`user_id`, query.term))
        .orderBy('user_id')
        .limit(MAX_FOUND)
        .execute()
      // Synapse shows the hash here; nobody needs it
      return rows.map(({ user_id, is_guest, admin, user_type }) => ({
        name: user_id,
        password_hash: null,
        is_guest: is_guest === 1,
        admin: admin === 1,
        user_type,
      }))
    }),
  ]
}

function notFound(): never {
  throw new MatrixError('M_NOT_FOUND', 'User not found')
}
