import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { JsonObject, RoomId } from '@glia/protocol'
import { massagedTimestamp } from '../massaged-timestamp.ts'
import type { Membership } from './membership.ts'

export function membershipClientRoutes({ membership }: { membership: Membership }): Route[] {
  const { membership: endpoints } = contract.client

  return [
    route(endpoints.joinRoomByIdOrAlias, async ({ params, query, body, requester }) => ({
      room_id: await membership.join(requester, params.roomIdOrAlias, {
        content: reasonOf(body),
        ...massagedTimestamp(requester, query.ts),
      }),
    })),
    route(endpoints.joinRoom, async ({ params, query, body, requester }) => ({
      room_id: await membership.join(requester, params.roomId, { content: reasonOf(body), ...massagedTimestamp(requester, query.ts) }),
    })),
    route(endpoints.knockOnRoom, async ({ params, body, requester }) => ({
      room_id: await membership.knock(requester, params.roomIdOrAlias, reasonOf(body)),
    })),
    route(endpoints.leaveRoom, async ({ params, body, requester }) => {
      await membership.leave(requester, { roomId: params.roomId as RoomId, content: reasonOf(body) })
      return {}
    }),
    route(endpoints.inviteUser, async ({ params, body, requester }) => {
      if (body.user_id === undefined) throw refuseThirdParty(body)
      await membership.invite(requester, body.user_id, { roomId: params.roomId as RoomId, content: reasonOf(body) })
      return {}
    }),
    ...(['kick', 'ban', 'unban'] as const).map((action) =>
      route(endpoints[`${action}User`], async ({ params, body, requester }) => {
        await membership[action](requester, body.user_id, { roomId: params.roomId as RoomId, content: reasonOf(body) })
        return {}
      }),
    ),
    route(endpoints.forgetRoom, async ({ params, requester }) => {
      await membership.forget(requester.userId, params.roomId as RoomId)
      return {}
    }),
    route(endpoints.listJoinedRooms, async ({ requester }) => ({ joined_rooms: await membership.joinedRooms(requester.userId) })),
  ]
}

function reasonOf({ reason }: { reason?: string | null | undefined }): JsonObject {
  return reason === undefined || reason === null ? {} : { reason }
}

/** Inviting by email address or telephone number needs an identity server, which there is none of. Texts are Synapse's. */
function refuseThirdParty(body: Record<string, unknown>): MatrixError {
  if (!['medium', 'address'].every((key) => key in body)) return new MatrixError('M_MISSING_PARAM', "Missing params: ['user_id']")
  if (!['id_server', 'id_access_token'].every((key) => key in body)) {
    return new MatrixError('M_MISSING_PARAM', '`id_server` and `id_access_token` are required when doing 3pid invite')
  }
  return new MatrixError('M_THREEPID_DENIED', 'Invites by email address or telephone number are not supported')
}
