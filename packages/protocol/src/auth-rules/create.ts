import { isUserId, type RoomAlias, serverNameOf } from '../ids.ts'
import { type RoomVersion, roomVersion } from '../room-versions.ts'
import { type AuthDecision, allow, deny, type EventToAuthorize } from './decision.ts'

/** Rule 1: `m.room.create`. */
export function authorizeCreate(event: EventToAuthorize, version: RoomVersion): AuthDecision {
  const { content, room_id: roomId, sender } = event
  // 1.1 Any prev_events.
  if (event.prev_events.length > 0) return deny('1.1', 'A create event must be the first event of its room.')
  if (event.state_key !== '') return deny('1.1', 'A create event must have an empty state key.')
  if (version.roomIdIsCreateHash) {
    // 1.2 (version 12) The room id is the event's hash, so the event cannot hold it.
    if (roomId !== undefined) return deny('1.2', 'A create event must not have a room id in this room version.')
  } else if (roomId === undefined || serverNameOf(roomId as unknown as RoomAlias) !== serverNameOf(sender)) {
    // 1.2 The domain of the room id is not the sender's.
    return deny('1.2', `The room id ${roomId} does not belong to the server of ${sender}.`)
  }
  // 1.3 An unknown room version. An absent one means version 1.
  const named = content.room_version ?? '1'
  if (typeof named !== 'string' || roomVersion(named) === undefined)
    return deny('1.3', `Room version ${JSON.stringify(named)} is not supported.`)
  // 1.4 (before version 11) No creator.
  if (version.creatorInContent && content.creator === undefined)
    return deny('1.4', 'A create event must name its creator in this room version.')
  // 1.4 (version 12) additional_creators is no list of user ids.
  const additional = content.additional_creators
  if (version.privilegedCreators && additional !== undefined && !(Array.isArray(additional) && additional.every(isUserId))) {
    return deny('1.4', 'additional_creators must be a list of user ids.')
  }
  return allow
}
