import { contract, MatrixError } from '@glia/contract'
import { type Requester, type Route, route } from '@glia/http'
import { isUserId, type JsonObject, type RoomId, type RoomVersion, roomVersion, type UserId } from '@glia/protocol'
import type { CheckAliasOwner } from '../directory/index.ts'
import { newRoomId, refuseSuspendedSender } from '../timeline/index.ts'
import { type CreateRoomDeps, createRoom } from './create-room.ts'
import type { FollowUpgrade } from './follow-upgrade.ts'
import { type NewRoom, readCreateRoom } from './read-create-room.ts'
import { upgradeRoom } from './upgrade-room.ts'

export interface RoomClientRoutesDeps extends CreateRoomDeps {
  readonly defaultVersion: RoomVersion
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitCreation: (requester: Requester) => Promise<void>
  readonly followUpgrade: FollowUpgrade
  readonly checkAliasOwner: CheckAliasOwner
  /** Refuses invites that the user may not send. @throws MatrixError M_FORBIDDEN, M_INVITE_BLOCKED, M_LIMIT_EXCEEDED */
  readonly checkInvite: (requester: Requester, roomId: RoomId | undefined, target: UserId) => Promise<void>
}

export function roomClientRoutes(deps: RoomClientRoutesDeps): Route[] {
  return [
    route(contract.client.rooms.createRoom, async ({ body, requester }) => {
      refuseSuspendedSender(requester)
      await deps.limitCreation(requester)
      const asked = readCreateRoom(body as JsonObject, deps)
      if (asked.alias !== undefined) deps.checkAliasOwner(requester, asked.alias)
      for (const invitee of asked.invitees) await deps.checkInvite(requester, undefined, invitee)
      // nobody hears of a shadow-banned user
      const room: NewRoom = requester.isShadowBanned ? { ...asked, invitees: [] } : asked
      return { room_id: await createRoom(deps, room, requester.userId) }
    }),
    route(contract.client.rooms.upgradeRoom, async ({ params, body, requester }) => {
      refuseSuspendedSender(requester)
      const version = typeof body.new_version === 'string' ? roomVersion(body.new_version) : undefined
      if (!version) throw new MatrixError('M_UNSUPPORTED_ROOM_VERSION', 'Your homeserver does not support this room version')
      const additionalCreators = version.privilegedCreators ? readCreators(body.additional_creators) : []
      await deps.limitCreation(requester)
      if (requester.isShadowBanned) return { replacement_room: newRoomId(deps) }
      const roomId = params.roomId as RoomId
      const replacement = await upgradeRoom(deps, { roomId, requester: requester.userId, version, additionalCreators })
      await deps.followUpgrade(requester.userId, replacement)
      return { replacement_room: replacement }
    }),
  ]
}

/** @throws MatrixError M_FORBIDDEN (400), as Synapse answers */
function readCreators(named: unknown): UserId[] {
  if (named === undefined || named === null) return []
  if (!Array.isArray(named)) throw new MatrixError('M_FORBIDDEN', 'additional_creators must be an array', { status: 400 })
  const isNoUser = (user: unknown) => typeof user !== 'string' || !isUserId(user)
  if (named.some(isNoUser)) throw new MatrixError('M_FORBIDDEN', 'entry in additional_creators is not a valid user ID', { status: 400 })
  return named as UserId[]
}
