import type { AuthEvent, UnsignedPdu } from '../events.ts'
import { membershipOf } from '../membership.ts'
import { type PowerLevelsView, powerLevelsView } from '../power-levels.ts'
import type { RoomVersion } from '../room-versions.ts'

/**
 * The verdict on an event. `rule` is the number in the authorization rules of room version 11 (version 12 counts differently but says the same);
 * `reason` is a sentence for people and may go to clients.
 */
export type AuthDecision = { allowed: true } | { allowed: false; rule: string; reason: string }

/** The room state that an event is judged by. It must answer for `m.room.create` in every version, also where that is not an auth event. */
export type AuthState = (type: string, stateKey: string) => AuthEvent | undefined

/** What the rules look at in an event; any PDU has it. */
export type EventToAuthorize = Pick<UnsignedPdu, 'type' | 'room_id' | 'sender' | 'state_key' | 'content' | 'prev_events'>

export const allow: AuthDecision = { allowed: true }

export function deny(rule: string, reason: string): AuthDecision {
  return { allowed: false, rule, reason }
}

/** The event with the parts of the state that most rules ask for. */
export interface AuthInput {
  event: EventToAuthorize
  state: AuthState
  version: RoomVersion
  createEvent: AuthEvent
  powerLevels: PowerLevelsView
}

export function authInput(event: EventToAuthorize, state: AuthState, version: RoomVersion, createEvent: AuthEvent): AuthInput {
  return {
    event,
    state,
    version,
    createEvent,
    powerLevels: powerLevelsView(state('m.room.power_levels', '')?.content, createEvent, version),
  }
}

/** Denies unless the sender is joined. */
export function senderMustBeJoined({ event, state }: AuthInput, rule: string): AuthDecision {
  const member = state('m.room.member', event.sender)
  if (membershipOf(member) === 'join') return allow
  if (event.type === 'm.room.member') return denyNotInRoom(event, event.sender, rule)
  return deny(rule, `User ${event.sender} not in room ${event.room_id} (${member === undefined ? 'None' : membershipOf(member)})`)
}

export function denyNotInRoom(event: EventToAuthorize, user: string, rule: string): AuthDecision {
  return deny(rule, `${user} not in room ${event.room_id}.`)
}
