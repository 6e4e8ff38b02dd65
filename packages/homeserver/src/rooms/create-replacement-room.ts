import type { Transaction } from '@glia/database'
import type { Random } from '@glia/platform'
import {
  defaultPowerLevels,
  eventTypes,
  type JsonObject,
  type RoomId,
  type RoomVersion,
  type ServerName,
  type UserId,
} from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Timeline } from '../timeline/index.ts'

export interface ReplacementRoomDeps {
  readonly timeline: Timeline
  readonly random: Random
  readonly serverName: ServerName
  readonly version: RoomVersion
}

/**
 * Makes the room that members of a deleted room are moved to: open to all, but only its creator may speak
 * (Synapse Admin API, "Delete Room API", `new_room_user_id`).
 * @param room.creator a local user id; need not have an account
 */
export async function createReplacementRoom(
  { timeline, random, serverName, version }: ReplacementRoomDeps,
  tx: Transaction<HomeserverSchema>,
  room: { creator: UserId; name: string; joinContent: JsonObject },
): Promise<RoomId> {
  const { creator, name, joinContent } = room
  const preset = 'public_chat'
  const roomId = version.roomIdIsCreateHash ? undefined : (`!${random.text(18, 'letters')}:${serverName}` as RoomId)
  const levels = { ...defaultPowerLevels({ creator, preset, version }), users_default: -10 }
  return timeline.create(tx, { version, ...(roomId === undefined ? {} : { roomId }) }, async (writer) => {
    const state: [type: string, stateKey: string, content: JsonObject][] = [
      [eventTypes.create, '', { room_version: version.id, ...(version.creatorInContent ? { creator } : {}) }],
      [eventTypes.member, creator, joinContent],
      [eventTypes.powerLevels, '', levels],
      [eventTypes.joinRules, '', { join_rule: 'public' }],
      [eventTypes.historyVisibility, '', { history_visibility: 'shared' }],
      [eventTypes.name, '', { name }],
    ]
    for (const [type, stateKey, content] of state) await writer.append({ type, sender: creator, stateKey, content })
    return writer.roomId
  })
}
