import { authTypesNeeded } from '../auth-rules/auth-types.ts'
import { authorizeEvent } from '../auth-rules/authorize-event.ts'
import type { EventToAuthorize } from '../auth-rules/decision.ts'
import { eventTypes } from '../event-types.ts'
import { stateMapKey } from '../events.ts'
import type { EventId } from '../ids.ts'
import type { RoomVersion } from '../room-versions.ts'
import { createEventOf } from './auth-event-lookup.ts'
import type { LoadEvent, StateEvent, StateMap } from './types.ts'

/** Adds the events in their order to a copy of `base`, each one only if the state so far, filled up from its own auth events, allows it. */
export function iterativeAuthCheck(
  events: readonly StateEvent[],
  base: ReadonlyMap<string, EventId>,
  loadEvent: LoadEvent,
  version: RoomVersion,
): StateMap {
  const state: StateMap = new Map(base)
  for (const event of events) {
    if (event.rejected === true) continue
    const authState = authStateFor(event, state, loadEvent, version)
    const decision = authorizeEvent(
      toEventToAuthorize(event, version),
      (type, stateKey) => authState.get(stateMapKey(type, stateKey)),
      version,
    )
    if (decision.allowed) state.set(stateMapKey(event.type, event.stateKey), event.eventId)
  }
  return state
}

/** Only what {@link authTypesNeeded} names may count, so that the result does not depend on other state. */
function authStateFor(event: StateEvent, state: StateMap, loadEvent: LoadEvent, version: RoomVersion): Map<string, StateEvent> {
  const authState = new Map<string, StateEvent>()
  for (const id of event.authEvents) {
    const authEvent = loadEvent(id)
    if (authEvent !== undefined && authEvent.rejected !== true) authState.set(stateMapKey(authEvent.type, authEvent.stateKey), authEvent)
  }
  if (version.roomIdIsCreateHash) {
    const createEvent = createEventOf(event, loadEvent, version)
    if (createEvent !== undefined) authState.set(stateMapKey(eventTypes.create, ''), createEvent)
  }
  for (const [type, stateKey] of authTypesNeeded(event, version)) {
    const key = stateMapKey(type, stateKey)
    const id = state.get(key)
    const current = id === undefined ? undefined : loadEvent(id)
    if (current !== undefined) authState.set(key, current)
  }
  return authState
}

function toEventToAuthorize(event: StateEvent, version: RoomVersion): EventToAuthorize {
  const { type, sender, stateKey, content, prevEvents, roomId } = event
  const withoutRoom = type === eventTypes.create && version.roomIdIsCreateHash
  return { type, sender, state_key: stateKey, content, prev_events: [...prevEvents], ...(withoutRoom ? {} : { room_id: roomId }) }
}
