import { eventTypes } from '../event-types.ts'
import { serverNameOf, type UserId } from '../ids.ts'
import type { RoomVersion } from '../room-versions.ts'
import { authorizeCreate } from './create.ts'
import {
  type AuthDecision,
  type AuthInput,
  type AuthState,
  allow,
  authInput,
  deny,
  type EventToAuthorize,
  senderMustBeJoined,
} from './decision.ts'
import { authorizeMember } from './member.ts'
import { authorizePowerLevels } from './power-levels.ts'

/**
 * Judges an event against a room state by the authorization rules of the room version.
 * Signatures and hashes are the caller's business, the choice of `auth_events` that of {@link checkAuthEvents}.
 * Source: Server-Server API, "Authorization rules", and the pages of room versions 6 to 12.
 */
export function authorizeEvent(event: EventToAuthorize, authState: AuthState, version: RoomVersion): AuthDecision {
  // 1 Create events.
  if (event.type === eventTypes.create) return authorizeCreate(event, version)
  // 2.4 (version 12: rule 2) Without a create event there is no room.
  const createEvent = authState(eventTypes.create, '')
  if (createEvent === undefined) return deny('2.4', 'The room has no create event.')
  if (version.roomIdIsCreateHash && event.room_id?.slice(1) !== createEvent.eventId.slice(1)) {
    return deny('2', `The room id ${event.room_id} is not that of the create event.`)
  }
  // 3 Rooms closed to other servers. Synapse does not let their users be invited, kicked or banned either.
  const isClosed = createEvent.content['m.federate'] === false
  const homeServer = serverNameOf(createEvent.sender)
  const member = event.type === eventTypes.member ? (event.state_key as UserId | undefined) : undefined
  if (isClosed && [event.sender, member].some((user) => user !== undefined && serverNameOf(user) !== homeServer)) {
    return deny('3', 'This room has been marked as unfederatable.')
  }
  const input = authInput(event, authState, version, createEvent)
  // 4 Membership.
  return event.type === eventTypes.member ? authorizeMember(input) : authorizeByLevel(input)
}

function authorizeByLevel(input: AuthInput): AuthDecision {
  const { event, powerLevels } = input
  // 5 Sender not joined.
  const joined = senderMustBeJoined(input, '5')
  if (!joined.allowed) return joined
  const level = powerLevels.of(event.sender)
  // 6 Third-party invites need the level for invites and nothing else.
  if (event.type === eventTypes.thirdPartyInvite) {
    return level >= powerLevels.invite ? allow : deny('6', "You don't have permission to invite users")
  }
  // 7 Level for the type.
  const required = powerLevels.required(event.type, event.state_key !== undefined)
  if (level < required) {
    return deny('7', `You don't have permission to post that to the room. user_level (${level}) < send_level (${required})`)
  }
  // 8 State that belongs to another user.
  if (event.state_key?.startsWith('@') && event.state_key !== event.sender) return deny('8', 'You are not allowed to set others state')
  // 9 Power levels; 10 everything else.
  return event.type === eventTypes.powerLevels ? authorizePowerLevels(input) : allow
}
