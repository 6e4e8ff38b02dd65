import type { Transaction } from '@glia/database'
import type { Random } from '@glia/platform'
import type { RoomId, RoomVersion, ServerName, UserId } from '@glia/protocol'
import type { Profile } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Timeline } from '../timeline/index.ts'
import { writeRoom } from './create-room.ts'
import type { NewRoom } from './read-create-room.ts'

export interface ReplacementRoomDeps {
  readonly timeline: Timeline
  readonly random: Random
  readonly serverName: ServerName
  readonly version: RoomVersion
}

export interface ReplacementRoom {
  /** A local user id; need not have an account. */
  readonly creator: UserId
  readonly profile: Profile
  readonly name: string
}

/**
 * Makes the room that members of a deleted room are moved to: open to all, but only its creator may speak
 * (Synapse Admin API, "Delete Room API", `new_room_user_id`). At a time of the caller's: {@link atFreeTime}.
 */
export async function createReplacementRoom(
  deps: ReplacementRoomDeps,
  tx: Transaction<HomeserverSchema>,
  { creator, profile, name }: ReplacementRoom,
  nowMs: number,
): Promise<RoomId> {
  const { version } = deps
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
  return writeRoom(deps, tx, room, creator, new Map([[creator, profile]]), nowMs)
}
