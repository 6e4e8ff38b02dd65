import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { RoomId, ServerName } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Directory } from './directory.ts'
import { type DirectoryChoice, listPublicRooms, type PublicRoomsPage } from './public-rooms.ts'

export interface DirectoryRoutesDeps {
  readonly directory: Directory
  readonly database: Database<HomeserverSchema>
  readonly serverName: ServerName
  /** Off: the list is empty for everybody. */
  readonly isListSearchEnabled: boolean
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 500

export function directoryClientRoutes(deps: DirectoryRoutesDeps): Route[] {
  const { directory } = contract.client
  const { serverName } = deps

  const publicRooms = async (query: {
    server: string | undefined
    limit: number | undefined
    since: string | undefined
    searchTerm?: string | undefined
    roomTypes?: readonly (string | null)[] | undefined
    directory?: DirectoryChoice
  }) => {
    const { server, since, searchTerm, roomTypes, directory } = query
    if (server !== undefined && server !== serverName) throw new MatrixError('M_FORBIDDEN', `Federation denied with ${server}.`)
    if (!deps.isListSearchEnabled) return { chunk: [], total_room_count_estimate: 0 }
    const limit = Math.min(query.limit || DEFAULT_LIMIT, MAX_LIMIT)
    return pageOnWire(
      await listPublicRooms(deps.database.read, { limit, since, searchTerm: searchTerm || undefined, roomTypes, directory }),
    )
  }

  return [
    route(directory.getAlias, async ({ params }) => {
      const { roomId } = await deps.directory.resolve(params.roomAlias)
      return { room_id: roomId, servers: [serverName] }
    }),
    route(directory.createAlias, async ({ params, body, requester }) => {
      await deps.directory.create(requester, params.roomAlias, body.room_id as RoomId)
      return {}
    }),
    route(directory.deleteAlias, async ({ params, requester }) => {
      await deps.directory.delete(requester, params.roomAlias)
      return {}
    }),
    route(directory.listAliases, async ({ params, requester }) => ({
      aliases: await deps.directory.list(requester, params.roomId as RoomId),
    })),
    route(directory.getVisibility, async ({ params }) => ({
      visibility: (await deps.directory.isPublished(params.roomId as RoomId)) ? ('public' as const) : ('private' as const),
    })),
    route(directory.setVisibility, async ({ params, body, requester }) => {
      await deps.directory.setPublished(requester, params.roomId as RoomId, body.visibility === 'public')
      return {}
    }),
    route(directory.getPublicRooms, async ({ query }) => publicRooms(query as Parameters<typeof publicRooms>[0])),
    route(directory.searchPublicRooms, async ({ query, body }) =>
      publicRooms({
        server: query.server,
        limit: body.limit,
        since: body.since,
        searchTerm: body.filter?.generic_search_term ?? undefined,
        roomTypes: body.filter?.room_types ?? undefined,
        directory: body.include_all_networks ? 'all' : networkOf(body.third_party_instance_id),
      }),
    ),
  ]
}

/** `appservice|network`, as `/thirdparty/protocols` names it. */
function networkOf(instanceId: string | undefined): DirectoryChoice {
  if (instanceId === undefined) return undefined
  const bar = instanceId.indexOf('|')
  if (bar < 0 || instanceId.includes('\0')) throw new MatrixError('M_INVALID_PARAM', `Invalid third party instance ID '${instanceId}'`)
  return { appserviceId: instanceId.slice(0, bar), networkId: instanceId.slice(bar + 1) }
}

function pageOnWire({ rooms, nextBatch, prevBatch, total }: PublicRoomsPage) {
  return {
    chunk: rooms,
    total_room_count_estimate: total,
    ...(nextBatch === undefined ? {} : { next_batch: nextBatch }),
    ...(prevBatch === undefined ? {} : { prev_batch: prevBatch }),
  }
}
