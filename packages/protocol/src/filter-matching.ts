import type { EventFilter } from './filters.ts'
import { matchesGlob } from './glob.ts'
import { isJsonObject, type JsonObject, ownValue } from './json.ts'
import { splitPropertyPath } from './property-path.ts'

/** What filters look at; client events, presence, receipts and account data all fit. */
export interface FilterableEvent {
  type: string
  sender?: string | undefined
  room_id?: string | undefined
  content: JsonObject
  /** Events that relate to this one; needed only for `related_by_…`. */
  relatedBy?: readonly { sender: string; relType: string }[]
}

/** Whether the filter lets the event through. `limit` and lazy loading are the caller's business. */
export function matchesEventFilter(filter: EventFilter, event: FilterableEvent): boolean {
  if (!isTypeAllowed(filter, event.type) || !isSenderAllowed(filter, event.sender)) return false
  if (event.room_id !== undefined && !isRoomAllowed(filter, event.room_id)) return false
  if (filter.containsUrl !== undefined && filter.containsUrl !== (typeof event.content.url === 'string')) return false
  return isRelationAllowed(filter, event.relatedBy ?? [])
}

/** Whether the filter (of events, or of rooms) admits this room. */
export function isRoomAllowed(filter: { rooms?: string[]; notRooms?: string[] }, roomId: string): boolean {
  return !filter.notRooms?.includes(roomId) && (filter.rooms === undefined || filter.rooms.includes(roomId))
}

/** Whether the filter admits this event type; `*` in it stands for any run of characters. */
export function isTypeAllowed(filter: Pick<EventFilter, 'types' | 'notTypes'>, type: string): boolean {
  const matches = (pattern: string) => matchesGlob(pattern, type, true)
  return !filter.notTypes?.some(matches) && (filter.types === undefined || filter.types.some(matches))
}

function isSenderAllowed(filter: EventFilter, sender: string | undefined): boolean {
  if (sender === undefined) return filter.senders === undefined
  return !filter.notSenders?.includes(sender) && (filter.senders === undefined || filter.senders.includes(sender))
}

function isRelationAllowed(
  { relatedBySenders, relatedByRelTypes }: EventFilter,
  relations: readonly { sender: string; relType: string }[],
): boolean {
  if (relatedBySenders === undefined && relatedByRelTypes === undefined) return true
  return relations.some(
    ({ sender, relType }) => (relatedBySenders?.includes(sender) ?? true) && (relatedByRelTypes?.includes(relType) ?? true),
  )
}

/** A copy of the object with only the fields at these dotted paths (`event_fields` of a filter). */
export function pickEventFields(event: object, eventFields: readonly string[]): JsonObject {
  const picked: JsonObject = {}
  for (const path of eventFields) copyPath(event as JsonObject, picked, splitPropertyPath(path))
  return picked
}

function copyPath(from: JsonObject, to: JsonObject, [key, ...rest]: readonly string[]): void {
  const value = ownValue(from, key!)
  if (value === undefined || key === '__proto__') return
  if (rest.length === 0) to[key!] = value
  else if (isJsonObject(value)) {
    const existing = ownValue(to, key!)
    const inner: JsonObject = isJsonObject(existing) ? { ...existing } : {}
    copyPath(value, inner, rest)
    if (Object.keys(inner).length > 0) to[key!] = inner
  }
}
