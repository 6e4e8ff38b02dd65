import { type EventId, eventTypes, isJsonObject, type JsonObject, type JsonValue, membershipOf, type UnsignedPdu } from '@glia/protocol'
import type { Updateable } from 'kysely'
import type { RoomTables } from '../rooms/tables.ts'

/** Text as a column keeps it: PostgreSQL has no NUL, and what is no text says nothing. */
export function textColumn(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && !value.includes('\0') ? value : null
}

/** Columns of `rooms` that repeat what a state event with an empty state key says. */
export function roomColumnsOf(type: string, content: JsonObject): Updateable<RoomTables['rooms']> {
  switch (type) {
    case eventTypes.name:
      return { name: textColumn(content.name) }
    case eventTypes.topic:
      return { topic: textColumn(content.topic) }
    case eventTypes.avatar:
      return { avatar_url: textColumn(content.url) }
    case eventTypes.canonicalAlias:
      return { canonical_alias: textColumn(content.alias) }
    case eventTypes.encryption:
      return { encryption: textColumn(content.algorithm) }
    case eventTypes.joinRules:
      return { join_rules: textColumn(content.join_rule) }
    case eventTypes.guestAccess:
      return { guest_access: textColumn(content.guest_access) }
    case eventTypes.historyVisibility:
      return { history_visibility: textColumn(content.history_visibility) }
    case eventTypes.tombstone:
      return { tombstoned: 1 }
    default:
      return {}
  }
}

/** Columns of `memberships` that repeat what a member event says. */
export function memberColumnsOf(content: JsonObject) {
  return {
    membership: membershipOf({ content }),
    display_name: textColumn(content.displayname),
    avatar_url: textColumn(content.avatar_url),
  }
}

/** `m.relates_to` as columns; events with a relation but without a type (plain replies) count as unrelated. */
export function relationColumnsOf(content: JsonObject): { relates_to: string | null; rel_type: string | null } {
  const relation = content['m.relates_to']
  if (!isJsonObject(relation)) return { relates_to: null, rel_type: null }
  const relatesTo = textColumn(relation.event_id)
  const relType = textColumn(relation.rel_type)
  return relatesTo === null || relType === null ? { relates_to: null, rel_type: null } : { relates_to: relatesTo, rel_type: relType }
}

/** Whether the event is found by the filter `contains_url`. */
export function containsUrl(content: JsonObject): boolean {
  return typeof content.url === 'string'
}

/** Where the event's redaction target is kept. */
export function redactsColumnOf(pdu: Pick<UnsignedPdu, 'type' | 'content' | 'redacts'>): EventId | null {
  if (pdu.type !== eventTypes.redaction) return null
  return textColumn(pdu.redacts ?? pdu.content.redacts) as EventId | null
}
