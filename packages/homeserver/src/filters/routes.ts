import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { JsonObject } from '@glia/protocol'
import { requireOwn } from '../own-user.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Filters } from './filters.ts'
import { findFilter } from './read.ts'

export function filterClientRoutes(deps: { database: Database<HomeserverSchema>; filters: Filters }): Route[] {
  const { filters } = contract.client
  return [
    route(filters.createFilter, async ({ params, body, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot create filters for other users')
      return { filter_id: await deps.filters.create(userId, body as JsonObject) }
    }),
    route(filters.getFilter, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot get filters for other users')
      const filter = await findFilter(deps.database.read, userId, params.filterId)
      if (!filter) throw new MatrixError('M_NOT_FOUND', 'No such filter')
      return filter
    }),
  ]
}
