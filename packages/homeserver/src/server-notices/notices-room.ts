import type { Transaction } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import { eventTypes, type JsonObject, type RoomId, type RoomVersion, type ServerName, type UserId } from '@glia/protocol'
import { set } from '../account-data/index.ts'
import { memberContent } from '../membership/index.ts'
import { createContent, initialState, type NewRoom } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { Timeline } from '../timeline/index.ts'
import type { ServerNoticeSettings } from './server-notices.ts'

export interface NoticesRoomDeps {
  readonly timeline: Timeline
  readonly signals: SignalBus
  readonly clock: Clock
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
  tx: Transaction<HomeserverSchema>,
  { userId, displayName }: { userId: UserId; displayName: string | undefined },
): Promise<RoomId> {
  const { timeline, signals, clock, random, serverName, version, settings, sender } = deps
  const avatar: JsonObject | undefined = settings.roomAvatarUrl === undefined ? undefined : { url: settings.roomAvatarUrl }
  const room: NewRoom = {
    version,
    preset: 'private_chat',
    isPublished: false,
    alias: undefined,
    name: settings.roomName,
    topic: settings.roomTopic,
    invitees: [],
    isDirect: false,
    creationContent: {},
    powerLevelOverride: { users_default: -10 },
    initialState: avatar ? [{ type: 'm.room.avatar', stateKey: '', content: avatar }] : [],
  }
  const profile = { displayName: settings.displayName, avatarUrl: settings.avatarUrl }
  const ids = version.roomIdIsCreateHash ? {} : { roomId: `!${random.text(18, 'letters')}:${serverName}` as RoomId }
  const roomId = await timeline.create(tx, { version, ...ids }, async (writer) => {
    const send = (type: string, stateKey: string, content: JsonObject) => writer.append({ type, sender, stateKey, content })
    await send(eventTypes.create, '', createContent(room, sender))
    await send(eventTypes.member, sender, memberContent('join', {}, profile))
    for (const { type, stateKey, content } of initialState(room, sender)) await send(type, stateKey, content)
    await send(eventTypes.member, userId, memberContent('invite', {}, { displayName }))
    return writer.roomId
  })
  await tx.db.insertInto('server_notice_rooms').values({ room_id: roomId, user_id: userId, created_at_ms: clock.nowMs() }).execute()
  await set(tx, signals, userId, roomId, 'm.tag', { tags: { 'm.server_notice': {} } })
  return roomId
}
