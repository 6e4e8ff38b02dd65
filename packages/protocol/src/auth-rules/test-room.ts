/** For tests: a room's state in a few words, and verdicts on events in it. */
import { expect } from 'vitest'
import type { AuthEvent } from '../events.ts'
import type { EventId, RoomId, UserId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import { type RoomVersion, roomVersion } from '../room-versions.ts'
import { authorizeEvent } from './authorize-event.ts'
import type { AuthDecision, EventToAuthorize } from './decision.ts'

export const creator = '@creator:a'
export const mod = '@mod:a' // level 50
export const user = '@user:b' // level 0
export const target = '@target:b' // never in the room
export const versions = ['10', '11', '12'].map((id) => roomVersion(id)!)
export const createId = '$create' as EventId

export type State = Record<string, { content: JsonObject; sender?: string }>

/** A room with creator, moderator and user joined. Keys of `over` are `type` or `type|stateKey`; null takes an event away. */
export function room(version: RoomVersion, over: Record<string, JsonObject | null> = {}): State {
  const state: State = {}
  const add = (key: string, content: JsonObject) => {
    state[key.includes('|') ? key : `${key}|`] = { content, sender: creator }
  }
  add('m.room.create', version.creatorInContent ? { room_version: version.id, creator } : { room_version: version.id })
  for (const member of [creator, mod, user]) add(`m.room.member|${member}`, { membership: 'join' })
  add('m.room.power_levels', { users: { ...(version.privilegedCreators ? {} : { [creator]: 100 }), [mod]: 50 } })
  add('m.room.join_rules', { join_rule: 'invite' })
  for (const [key, content] of Object.entries(over)) {
    if (content === null) delete state[key.includes('|') ? key : `${key}|`]
    else add(key, content)
  }
  return state
}

export type EventOver = {
  type?: string
  sender?: string
  state_key?: string | undefined
  content?: JsonObject
  room_id?: RoomId | undefined
  prev_events?: EventId[]
}

export function decide(version: RoomVersion, state: State, over: EventOver): AuthDecision {
  const base = {
    type: 'm.room.message',
    sender: user,
    room_id: version.roomIdIsCreateHash ? '!create' : '!r:a',
    content: {},
    prev_events: ['$prev'],
  }
  const event = Object.fromEntries(Object.entries({ ...base, ...over }).filter(([, value]) => value !== undefined)) as EventToAuthorize
  const lookUp = (type: string, stateKey: string): AuthEvent | undefined => {
    const found = state[`${type}|${stateKey}`]
    if (found === undefined) return undefined
    return {
      eventId: (type === 'm.room.create' ? createId : `$${type}|${stateKey}`) as EventId,
      type,
      stateKey,
      sender: (found.sender ?? creator) as UserId,
      content: found.content,
    }
  }
  return authorizeEvent(event, lookUp, version)
}

/** `allowed`, or the rule that was broken. */
export function judge(version: RoomVersion, state: State, over: EventOver): string {
  const decision = decide(version, state, over)
  if (!decision.allowed) expect(decision.reason).toMatch(/^\S.{8,}/)
  return decision.allowed ? 'allowed' : decision.rule
}

export const member = (sender: string, stateKey: string, membership: string, more: JsonObject = {}): EventOver => ({
  type: 'm.room.member',
  sender,
  state_key: stateKey,
  content: { membership, ...more },
})
export const is = (membership: string) => ({ membership })
export const levels = (sender: string, content: JsonObject): EventOver => ({ type: 'm.room.power_levels', sender, state_key: '', content })
