import { eventTypes } from './event-types.ts'
import type { AuthEvent } from './events.ts'
import type { UserId } from './ids.ts'
import type { JsonObject } from './json.ts'

/** State that invites and knocks carry in stripped form (Client-Server API, "Stripped state"). Synapse adds the inviter's `m.room.member`. */
export const strippedStateTypes: readonly string[] = [
  eventTypes.create,
  eventTypes.joinRules,
  eventTypes.canonicalAlias,
  eventTypes.avatar,
  eventTypes.encryption,
  eventTypes.name,
  eventTypes.topic,
]

/** Wire names. */
export type StrippedStateEvent = { type: string; state_key: string; sender: UserId; content: JsonObject }

/** A state event without everything that only members may know. */
export function stripStateEvent(event: Pick<AuthEvent, 'type' | 'stateKey' | 'sender' | 'content'>): StrippedStateEvent {
  return { type: event.type, state_key: event.stateKey, sender: event.sender, content: event.content }
}
