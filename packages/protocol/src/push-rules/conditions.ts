import { containsGlob, containsWord, matchesGlob } from '../glob.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { PowerLevelsView } from '../power-levels.ts'
import { valueAtPath } from '../property-path.ts'
import type { PushCondition } from './types.ts'

/** What rules look at in an event; PDUs and client events fit. Leave `state_key` out on events that are no state. */
export type PushableEvent = { type: string; sender: string; room_id?: string; state_key?: string; content: JsonObject }

/** What rules ask about the user and the room. */
export interface PushContext {
  userId: string
  /** The user's display name in the room. */
  displayName?: string | undefined
  /** Joined members. */
  roomMemberCount: number
  /** Absent where the levels are not known: conditions on them are then not met. */
  powerLevels?: Pick<PowerLevelsView, 'of' | 'notifications'> | undefined
}

/** Whether the condition is met; one of an unknown kind or shape never is. */
export function isConditionMet(condition: PushCondition, event: PushableEvent, context: PushContext): boolean {
  const { kind, key, pattern, value, is } = condition
  switch (kind) {
    case 'event_match':
      return typeof key === 'string' && typeof pattern === 'string' && eventMatches(event, key, pattern)
    case 'event_property_is':
      return typeof key === 'string' && isScalar(value) && valueAtPath(event, key) === value
    case 'event_property_contains':
      return typeof key === 'string' && isScalar(value) && listContains(valueAtPath(event, key), value)
    case 'contains_display_name':
      return bodyContainsName(event, context.displayName)
    case 'room_member_count':
      return typeof is === 'string' && countMatches(is, context.roomMemberCount)
    case 'sender_notification_permission':
      return (
        typeof key === 'string' &&
        context.powerLevels !== undefined &&
        context.powerLevels.of(event.sender) >= context.powerLevels.notifications(key)
      )
    default:
      return false
  }
}

/** `event_match`: a glob over the whole value; for `content.body` over a part of it that is bounded by the ends of words. Case does not count. */
export function eventMatches(event: PushableEvent, key: string, pattern: string): boolean {
  const value = valueAtPath(event, key)
  if (typeof value !== 'string') return false
  const match = key === 'content.body' ? containsGlob : matchesWhole
  return value === pattern || match(value.toLowerCase(), pattern.toLowerCase())
}

function matchesWhole(text: string, pattern: string): boolean {
  return matchesGlob(pattern, text)
}

function bodyContainsName(event: PushableEvent, displayName: string | undefined): boolean {
  const { body } = event.content
  return typeof body === 'string' && displayName !== undefined && containsWord(body.toLowerCase(), displayName.toLowerCase())
}

function isScalar(value: JsonValue | undefined): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function listContains(list: JsonValue | undefined, value: JsonValue | undefined): boolean {
  return Array.isArray(list) && value !== undefined && list.includes(value)
}

function countMatches(is: string, count: number): boolean {
  const parts = /^(==|<=|>=|<|>)?([0-9]+)$/.exec(is)
  if (parts === null) return false
  const wanted = Number(parts[2])
  switch (parts[1]) {
    case '<':
      return count < wanted
    case '>':
      return count > wanted
    case '<=':
      return count <= wanted
    case '>=':
      return count >= wanted
    default:
      return count === wanted
  }
}
