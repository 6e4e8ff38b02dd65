import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { type JsonObject, roomVersion } from '@glia/protocol'
import type { ActionDone, RoomActions } from './room-actions.ts'

export function roomActionRoutes({ actions }: { actions: RoomActions }): Route[] {
  const endpoints = contract.glia.roomActions
  return [
    route(endpoints.kickMember, async ({ params, body }) => toWire(await actions.kick(params.room_id, params.user_id, body.reason))),
    route(endpoints.banMember, async ({ params, body }) => toWire(await actions.ban(params.room_id, params.user_id, body.reason))),
    route(endpoints.unbanMember, async ({ params, body }) => toWire(await actions.unban(params.room_id, params.user_id, body.reason))),
    route(endpoints.setPowerLevel, async ({ params, body }) =>
      toWire(await actions.setPowerLevel(params.room_id, params.user_id, body.power_level)),
    ),
    route(endpoints.redactEvent, async ({ params, body }) => toWire(await actions.redact(params.room_id, params.event_id, body.reason))),
    route(endpoints.setState, async ({ params, body }) => {
      const state = { type: params.event_type, stateKey: params.state_key ?? '', content: body.content as JsonObject }
      return toWire(await actions.setState(params.room_id, state))
    }),
    route(endpoints.upgradeRoom, async ({ params, body }) => {
      const version = roomVersion(body.new_version)
      if (!version) throw new MatrixError('M_UNSUPPORTED_ROOM_VERSION', 'Your homeserver does not support this room version')
      const { replacement, sender } = await actions.upgrade(params.room_id, version)
      return { replacement_room: replacement, sender }
    }),
  ]
}

function toWire({ eventId, sender }: ActionDone) {
  return { event_id: eventId, sender }
}
