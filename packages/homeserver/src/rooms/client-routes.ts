import { contract, MatrixError } from '@glia/contract'
import { type Requester, type Route, route } from '@glia/http'
import type { JsonObject, RoomId, RoomVersion, UserId } from '@glia/protocol'
import { type CreateRoomDeps, createRoom } from './create-room.ts'
import { type NewRoom, readCreateRoom } from './read-create-room.ts'

export interface RoomClientRoutesDeps extends CreateRoomDeps {
  readonly defaultVersion: RoomVersion
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitCreation: (userId: UserId) => Promise<void>
  /** Refuses invites that the user may not send. @throws MatrixError M_FORBIDDEN, M_INVITE_BLOCKED, M_LIMIT_EXCEEDED */
  readonly checkInvite: (requester: Requester, roomId: RoomId | undefined, target: UserId) => Promise<void>
}

export function roomClientRoutes(deps: RoomClientRoutesDeps): Route[] {
  return [
    route(contract.client.rooms.createRoom, async ({ body, requester }) => {
      if (requester.isSuspended) throw new MatrixError('M_USER_SUSPENDED', 'Sending messages while account is suspended is not allowed.')
      await deps.limitCreation(requester.userId)
      const asked = readCreateRoom(body as JsonObject, deps)
      for (const invitee of asked.invitees) await deps.checkInvite(requester, undefined, invitee)
      // nobody hears of a shadow-banned user
      const room: NewRoom = requester.isShadowBanned ? { ...asked, invitees: [] } : asked
      return { room_id: await createRoom(deps, room, requester.userId) }
    }),
  ]
}
