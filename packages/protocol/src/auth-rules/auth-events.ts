import { eventTypes } from '../event-types.ts'
import { type AuthEvent, stateMapKey } from '../events.ts'
import type { RoomId } from '../ids.ts'
import type { RoomVersion } from '../room-versions.ts'
import { authTypesNeeded } from './auth-types.ts'
import { type AuthDecision, allow, deny, type EventToAuthorize } from './decision.ts'

/**
 * Judges the choice of `auth_events` of an event that came from elsewhere (rule 2). Events made here follow {@link authTypesNeeded} by themselves.
 * @param authEvents the events that `auth_events` names, all of them. In version 12 the caller looks up the create event by the room id instead.
 */
export function checkAuthEvents(
  event: EventToAuthorize,
  authEvents: readonly (AuthEvent & { roomId: RoomId; rejected?: boolean })[],
  version: RoomVersion,
): AuthDecision {
  if (event.type === eventTypes.create) return authEvents.length === 0 ? allow : deny('1.1', 'A create event must not have auth events.')
  const needed = new Set(
    authTypesNeeded({ type: event.type, sender: event.sender, stateKey: event.state_key, content: event.content }, version).map(
      ([type, stateKey]) => stateMapKey(type, stateKey),
    ),
  )
  const seen = new Set<string>()
  for (const authEvent of authEvents) {
    const key = stateMapKey(authEvent.type, authEvent.stateKey)
    const name = `${authEvent.type} event ${authEvent.eventId}`
    // 2.1 Duplicate (type, state_key).
    if (seen.has(key)) return deny('2.1', `The auth events hold two ${authEvent.type} events for the same state key.`)
    seen.add(key)
    // 2.2 Outside the selection; in version 12 this refuses the create event as well.
    if (!needed.has(key)) return deny('2.2', `The ${name} does not belong into the auth events.`)
    // 2.3 Rejected.
    if (authEvent.rejected === true) return deny('2.3', `The ${name} among the auth events was rejected.`)
    // 2.5 Another room.
    if (authEvent.roomId !== event.room_id) return deny('2.5', `The ${name} among the auth events belongs to another room.`)
  }
  // 2.4 No create event.
  if (!version.roomIdIsCreateHash && !seen.has(stateMapKey(eventTypes.create, '')))
    return deny('2.4', 'The auth events lack the create event.')
  return allow
}
