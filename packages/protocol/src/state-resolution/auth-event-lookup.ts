import { eventTypes } from '../event-types.ts'
import type { EventId } from '../ids.ts'
import type { RoomVersion } from '../room-versions.ts'
import type { LoadEvent, StateEvent } from './types.ts'

/** The `m.room.power_levels` among an event's auth events. */
export function powerLevelsEventOf(event: StateEvent, loadEvent: LoadEvent): StateEvent | undefined {
  return findAuthEvent(event, eventTypes.powerLevels, loadEvent)
}

/** The create event of an event's room: among its auth events, or (version 12) named by the room id. */
export function createEventOf(event: StateEvent, loadEvent: LoadEvent, version: RoomVersion): StateEvent | undefined {
  if (event.type === eventTypes.create) return event
  if (version.roomIdIsCreateHash) return loadEvent(`$${event.roomId.slice(1)}` as EventId)
  return findAuthEvent(event, eventTypes.create, loadEvent)
}

function findAuthEvent(event: StateEvent, type: string, loadEvent: LoadEvent): StateEvent | undefined {
  for (const id of event.authEvents) {
    const authEvent = loadEvent(id)
    if (authEvent?.type === type && authEvent.stateKey === '') return authEvent
  }
  return undefined
}
