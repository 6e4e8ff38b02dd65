import type { AuthEvent } from '../events.ts'
import type { EventId, RoomId } from '../ids.ts'

/** A state event with what state resolution asks of it. */
export type StateEvent = AuthEvent & {
  roomId: RoomId
  originServerTs: number
  authEvents: readonly EventId[]
  prevEvents: readonly EventId[]
  /** Whether it failed the authorization rules on receipt. */
  rejected?: boolean
}

/** Event ids by {@link stateMapKey}. */
export type StateMap = Map<string, EventId>

/** Gives an event that was loaded before; must know every event of the state sets and of their auth chains. Unknown ids count as absent. */
export type LoadEvent = (eventId: EventId) => StateEvent | undefined
