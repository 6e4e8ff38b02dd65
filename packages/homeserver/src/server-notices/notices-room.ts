import type { Transaction } from '@glia/database'
import type { Random } from '@glia/platform'
import { eventTypes, type JsonObject, type RoomId, type RoomVersion, type ServerName, type UserId } from '@glia/protocol'
import { set } from '../account-data/index.ts'
import type { Profile } from '../membership/index.ts'
import { type NewRoom, writeRoom } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { Timeline } from '../timeline/index.ts'
import type { ServerNoticeSettings } from './server-notices.ts'

export interface NoticesRoomDeps {
  readonly timeline: Timeline
  readonly signals: SignalBus
  readonly random: Random
  readonly serverName: ServerName
  readonly version: RoomVersion
  readonly settings: ServerNoticeSettings
  /** In whose name the server speaks. */
  readonly sender: UserId
}

/** Makes the room in which the server speaks to a user: the user is invited, cannot write, and finds it tagged `m.server_notice`. */
export async function createNoticesRoom(
  deps: NoticesRoomDeps,
  { userId, displayName }: { userId: UserId; displayName: string | undefined },
  tx: Transaction<HomeserverSchema>,
  nowMs: number,
): Promise<RoomId> {
  const { signals, version, settings, sender } = deps
  const avatar: JsonObject | undefined = settings.roomAvatarUrl === undefined ? undefined : { url: settings.roomAvatarUrl }
  const room: NewRoom = {
    version,
    preset: 'private_chat',
    isPublished: false,
    alias: undefined,
    name: settings.roomName,
    topic: settings.roomTopic,
    invitees: [userId],
    isDirect: false,
    creationContent: {},
    powerLevelOverride: { users_default: -10 },
    initialState: avatar ? [{ type: eventTypes.avatar, stateKey: '', content: avatar }] : [],
  }
  const profiles = new Map<UserId, Profile>([
    [sender, { displayName: settings.displayName, avatarUrl: settings.avatarUrl }],
    [userId, { displayName }],
  ])
  const roomId = await writeRoom(deps, tx, room, sender, profiles, nowMs)
  await tx.db.insertInto('server_notice_rooms').values({ room_id: roomId, user_id: userId, created_at_ms: nowMs }).execute()
  await set(tx, signals, userId, roomId, 'm.tag', { tags: { 'm.server_notice': {} } })
  return roomId
}
