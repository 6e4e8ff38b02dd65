import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Requester, type Route, route } from '@glia/http'
import type { HomeserverSchema } from '../schema.ts'
import { type HierarchyEntry, readHierarchy } from './hierarchy.ts'
import { readRoomSummary } from './room-summary.ts'

export interface SpaceRoutesDeps {
  readonly database: Database<HomeserverSchema>
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitHierarchy: (requester: Requester) => Promise<void>
}

/** Spaces, and rooms as those see them who are not in them; for users and for admins. */
export function spaceRoutes({ database, limitHierarchy }: SpaceRoutesDeps): Route[] {
  const { client, admin } = contract
  return [
    route(client.spaces.getHierarchy, async ({ params, query, requester }) => {
      await limitHierarchy(requester)
      const { suggested_only: suggestedOnly, limit, max_depth: maxDepth, from } = query
      return pageToWire(await readHierarchy(database.read, params.roomId, requester.userId, { suggestedOnly, limit, maxDepth, from }))
    }),
    route(client.spaces.getRoomSummary, async ({ params, requester }) =>
      readRoomSummary(database.read, params.roomIdOrAlias, requester?.userId),
    ),
    route(admin.rooms.getRoomHierarchy, async ({ params, query, requester }) => {
      await limitHierarchy(requester)
      const { limit, max_depth: maxDepth, from } = query
      return pageToWire(await readHierarchy(database.read, params.room_id, 'admin', { suggestedOnly: false, limit, maxDepth, from }))
    }),
  ]
}

function pageToWire({ rooms, nextBatch }: { rooms: HierarchyEntry[]; nextBatch: string | undefined }) {
  return { rooms, ...(nextBatch === undefined ? {} : { next_batch: nextBatch }) }
}
