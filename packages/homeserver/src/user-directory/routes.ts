import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { HomeserverSchema } from '../schema.ts'
import { searchUsers } from './search-users.ts'

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 50

export function userDirectoryClientRoutes(deps: { database: Database<HomeserverSchema> }): Route[] {
  return [
    route(contract.client.misc.searchUserDirectory, async ({ body, requester }) => {
      const limit = Math.min(body.limit ?? DEFAULT_LIMIT, MAX_LIMIT)
      const { users, limited } = await searchUsers(deps.database.read, requester.userId, body.search_term, limit)
      return {
        limited,
        results: users.map(({ userId, displayName, avatarUrl }) => ({
          user_id: userId,
          display_name: displayName ?? null,
          avatar_url: avatarUrl ?? null,
        })),
      }
    }),
  ]
}
