import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { isUserId, serverNameOf, type UserId } from '@glia/protocol'
import { resolveRoomId } from '../directory/index.ts'
import { type AdminJoinDeps, joinAsAdmin } from './admin-join.ts'
import { makeRoomAdmin } from './make-room-admin.ts'

/** What an admin does to the members of a room. */
export function adminMembershipRoutes(deps: AdminJoinDeps): Route[] {
  const { rooms } = contract.admin

  return [
    route(rooms.makeRoomAdmin, async ({ params, body, requester }) => {
      const roomId = await resolveRoomId(deps.database.read, params.room_identifier)
      const target = body.user_id ?? requester.userId
      if (!isUserId(target)) throw new MatrixError('M_UNKNOWN', `Not a valid user_id: ${target}`)
      await makeRoomAdmin(deps, roomId, target)
      return {}
    }),
    route(rooms.joinRoom, async ({ params, body, requester }) => {
      const target = parseUserId(body.user_id)
      if (serverNameOf(target) !== deps.serverName) throw new MatrixError('M_UNKNOWN', 'This endpoint can only be used with local users')
      const roomId = await resolveRoomId(deps.database.read, params.room_identifier)
      await joinAsAdmin(deps, { admin: requester.userId, target, roomId })
      return { room_id: roomId }
    }),
  ]
}

/** @throws MatrixError M_INVALID_PARAM */
function parseUserId(text: string): UserId {
  if (!text.startsWith('@')) throw new MatrixError('M_INVALID_PARAM', "Expected UserID string to start with '@'")
  if (!isUserId(text)) throw new MatrixError('M_INVALID_PARAM', "Expected UserID of the form '@localname:domain'")
  return text
}
