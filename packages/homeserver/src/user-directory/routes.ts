import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import { isRoomId, isUserId, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findMutualRooms } from './mutual-rooms.ts'
import { searchUsers } from './search-users.ts'

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 50
const MUTUAL_ROOMS_PAGE = 100

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
    route(contract.client.userDirectory.getMutualRooms, async ({ query, requester }) => {
      if (!isUserId(query.user_id)) throw new MatrixError('M_INVALID_PARAM', 'Invalid user_id query parameter')
      if (query.user_id === requester.userId) {
        throw new MatrixError('M_INVALID_PARAM', 'You cannot request a list of shared rooms with yourself')
      }
      const after = readFrom(query.from ?? query.batch_token)
      const users: [UserId, UserId] = [requester.userId, query.user_id]
      const { roomIds, count, hasMore } = await findMutualRooms(deps.database.read, users, { after, limit: MUTUAL_ROOMS_PAGE })
      if (!hasMore) return { joined: roomIds, count }
      const next = Buffer.from(roomIds.at(-1)!).toString('base64url')
      return { joined: roomIds, count, next_batch: next, next_batch_token: next }
    }),
  ]
}

/** The room after which a page begins. @throws MatrixError M_INVALID_PARAM */
function readFrom(token: string | undefined): string {
  if (token === undefined) return ''
  const roomId = Buffer.from(token, 'base64url').toString()
  if (!isRoomId(roomId) || roomId.includes('\0')) throw new MatrixError('M_INVALID_PARAM', 'Malformed from token')
  return roomId
}
