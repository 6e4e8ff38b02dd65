import type { Transaction } from '@glia/database'
import type { Random } from '@glia/platform'
import { eventTypes, type JsonObject, type RoomId, type RoomVersion, type ServerName, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Timeline } from '../timeline/index.ts'
import { createContent, initialState } from './initial-events.ts'
import { newRoomOf } from './new-room-id.ts'
import type { NewRoom } from './read-create-room.ts'

export interface ReplacementRoomDeps {
  readonly timeline: Timeline
  readonly random: Random
  readonly serverName: ServerName
  readonly version: RoomVersion
}

/**
 * Makes the room that members of a deleted room are moved to: open to all, but only its creator may speak
 * (Synapse Admin API, "Delete Room API", `new_room_user_id`).
 * @param replacement.creator a local user id; need not have an account
 */
export async function createReplacementRoom(
  { timeline, random, serverName, version }: ReplacementRoomDeps,
  tx: Transaction<HomeserverSchema>,
  replacement: { creator: UserId; name: string; joinContent: JsonObject },
): Promise<RoomId> {
  const { creator, name, joinContent } = replacement
  const room: NewRoom = {
    version,
    preset: 'public_chat',
    isPublished: false,
    alias: undefined,
    name,
    topic: undefined,
    invitees: [],
    isDirect: false,
    creationContent: {},
    powerLevelOverride: { users_default: -10 },
    initialState: [],
  }
  return timeline.create(tx, newRoomOf(version, { random, serverName }), async (writer) => {
    await writer.append({ type: eventTypes.create, sender: creator, stateKey: '', content: createContent(room, creator) })
    await writer.append({ type: eventTypes.member, sender: creator, stateKey: creator, content: joinContent })
    for (const event of initialState(room, creator)) await writer.append({ ...event, sender: creator })
    return writer.roomId
  })
}
