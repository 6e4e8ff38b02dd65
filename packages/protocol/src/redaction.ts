import { eventTypes } from './event-types.ts'
import type { Pdu, UnsignedPdu } from './events.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import type { RoomVersion } from './room-versions.ts'

const keptKeys = [
  'event_id',
  'type',
  'room_id',
  'sender',
  'state_key',
  'content',
  'hashes',
  'signatures',
  'depth',
  'prev_events',
  'auth_events',
  'origin_server_ts',
]
const keptKeysBefore11 = [...keptKeys, 'origin', 'prev_state', 'membership']

const powerLevelKeys = ['ban', 'events', 'events_default', 'kick', 'redact', 'state_default', 'users', 'users_default']

/**
 * The event as it is after redaction: what hashes, signatures and the rules of the room need. `unsigned` is dropped.
 * Source: Matrix specification, Client-Server API, "Redactions", and the pages of the room versions.
 */
export function redactPdu<Event extends UnsignedPdu | Pdu>(pdu: Event, version: RoomVersion): Event {
  const redacted: JsonObject = {}
  copyKeys(pdu as JsonObject, redacted, version.updatedRedaction ? keptKeys : keptKeysBefore11)
  redacted.content = redactContent(pdu.type, pdu.content, version)
  return redacted as Event
}

/** The part of an event's content that a redaction keeps. */
export function redactContent(type: string, content: JsonObject, version: RoomVersion): JsonObject {
  switch (type) {
    case eventTypes.member:
      return redactMemberContent(content, version)
    case eventTypes.create:
      return version.updatedRedaction ? { ...content } : pick(content, ['creator'])
    case eventTypes.joinRules:
      return pick(content, version.restrictedJoins ? ['join_rule', 'allow'] : ['join_rule'])
    case eventTypes.powerLevels:
      return pick(content, version.updatedRedaction ? [...powerLevelKeys, 'invite'] : powerLevelKeys)
    case eventTypes.historyVisibility:
      return pick(content, ['history_visibility'])
    case eventTypes.redaction:
      return version.redactsInContent ? pick(content, ['redacts']) : {}
    default:
      return {}
  }
}

function redactMemberContent(content: JsonObject, version: RoomVersion): JsonObject {
  const kept = pick(content, version.redactionKeepsAuthorisingUser ? ['membership', 'join_authorised_via_users_server'] : ['membership'])
  const invite = content.third_party_invite
  if (version.updatedRedaction && isJsonObject(invite)) kept.third_party_invite = pick(invite, ['signed'])
  return kept
}

function pick(from: JsonObject, keys: readonly string[]): JsonObject {
  const to: JsonObject = {}
  copyKeys(from, to, keys)
  return to
}

function copyKeys(from: JsonObject, to: JsonObject, keys: readonly string[]): void {
  for (const key of keys) {
    const value = from[key]
    if (value !== undefined) to[key] = value
  }
}
