import type { Random } from '@glia/platform'
import type { RoomId, RoomVersion, ServerName } from '@glia/protocol'

interface NewRoomIdDeps {
  readonly random: Random
  readonly serverName: ServerName
}

export function newRoomId({ random, serverName }: NewRoomIdDeps): RoomId {
  return `!${random.text(18, 'letters')}:${serverName}` as RoomId
}

/** What `Timeline.create` is given: in versions that make the id of the create event, no id. */
export function newRoomOf(version: RoomVersion, deps: NewRoomIdDeps): { version: RoomVersion; roomId?: RoomId } {
  return version.roomIdIsCreateHash ? { version } : { version, roomId: newRoomId(deps) }
}
