import { isRoomId, isUserId } from './ids.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

/** The filter is malformed; the message names the key. */
export class InvalidFilterError extends Error {
  override name = 'InvalidFilterError'
}

/** Which events of one part of an answer are wanted. Lists that are absent allow all; empty ones match nothing. */
export interface EventFilter {
  /** As given; see {@link effectiveLimit}. */
  limit?: number
  types?: string[]
  notTypes?: string[]
  senders?: string[]
  notSenders?: string[]
  rooms?: string[]
  notRooms?: string[]
  containsUrl?: boolean
  relatedBySenders?: string[]
  relatedByRelTypes?: string[]
  lazyLoadMembers: boolean
  includeRedundantMembers: boolean
  unreadThreadNotifications: boolean
}

export interface RoomFilter {
  rooms?: string[]
  notRooms?: string[]
  includeLeave: boolean
  ephemeral: EventFilter
  state: EventFilter
  timeline: EventFilter
  accountData: EventFilter
}

/** A filter for /sync (Client-Server API, "Filtering"). */
export interface Filter {
  /** Dotted paths of the fields to keep; absent means all. */
  eventFields?: string[]
  eventFormat: 'client' | 'federation'
  presence: EventFilter
  accountData: EventFilter
  room: RoomFilter
}

/** The limit of a timeline where the filter has none, and the largest that Synapse serves. */
export const defaultTimelineLimit = 10
export const maxTimelineLimit = 100

/** The number of events to serve: the filter's, or `byDefault`, never more than `cap`. */
export function effectiveLimit(filter: EventFilter, byDefault = defaultTimelineLimit, cap = maxTimelineLimit): number {
  return Math.min(filter.limit ?? byDefault, cap)
}

/**
 * Reads a sync filter. Unknown keys are ignored.
 * @throws InvalidFilterError
 */
export function parseFilter(json: unknown): Filter {
  const object = requireObject(json, 'filter')
  const eventFormat = object.event_format ?? 'client'
  if (eventFormat !== 'client' && eventFormat !== 'federation')
    throw new InvalidFilterError("event_format must be 'client' or 'federation'")
  const filter: Filter = {
    eventFormat,
    presence: parseEventFilter(object.presence ?? {}, 'presence'),
    accountData: parseEventFilter(object.account_data ?? {}, 'account_data'),
    room: parseRoomFilter(object.room === undefined ? {} : requireObject(object.room, 'room')),
  }
  const eventFields = stringList(object, 'event_fields', 'event_fields')
  if (eventFields !== undefined) filter.eventFields = eventFields
  return filter
}

function parseRoomFilter(object: JsonObject): RoomFilter {
  const part = (key: string) => parseEventFilter(object[key] === undefined ? {} : object[key], `room.${key}`)
  const filter: RoomFilter = {
    includeLeave: flag(object, 'include_leave', 'room'),
    ephemeral: part('ephemeral'),
    state: part('state'),
    timeline: part('timeline'),
    accountData: part('account_data'),
  }
  setLists(filter, object, 'room', { rooms: 'rooms', notRooms: 'not_rooms' })
  return filter
}

/**
 * Reads one event filter, as in `/messages?filter=`, `/context` and `/search`.
 * @param name how errors call it. @throws InvalidFilterError
 */
export function parseEventFilter(json: unknown, name = 'filter'): EventFilter {
  const object = requireObject(json, name)
  const filter: EventFilter = {
    lazyLoadMembers: flag(object, 'lazy_load_members', name),
    includeRedundantMembers: flag(object, 'include_redundant_members', name),
    unreadThreadNotifications: flag(object, 'unread_thread_notifications', name),
  }
  if (object.limit !== undefined) {
    if (!Number.isSafeInteger(object.limit) || (object.limit as number) < 0)
      throw new InvalidFilterError(`${name}.limit must be an integer of at least 0`)
    filter.limit = object.limit as number
  }
  if (object.contains_url !== undefined) filter.containsUrl = flag(object, 'contains_url', name)
  setLists(filter, object, name, {
    types: 'types',
    notTypes: 'not_types',
    senders: 'senders',
    notSenders: 'not_senders',
    rooms: 'rooms',
    notRooms: 'not_rooms',
    relatedBySenders: 'related_by_senders',
    relatedByRelTypes: 'related_by_rel_types',
  })
  return filter
}

function setLists<Target extends object>(target: Target, object: JsonObject, name: string, keys: { [Key in keyof Target]?: string }): void {
  for (const [field, key] of Object.entries(keys) as [string, string][]) {
    const list = stringList(object, key, `${name}.${key}`)
    if (list === undefined) continue
    if (key.endsWith('senders') && !key.startsWith('related') && !list.every(isUserId))
      throw new InvalidFilterError(`${name}.${key} must be a list of user ids`)
    if (key.endsWith('rooms') && !list.every(isRoomId)) throw new InvalidFilterError(`${name}.${key} must be a list of room ids`)
    ;(target as { [field: string]: string[] })[field] = list
  }
}

function requireObject(value: unknown, name: string): JsonObject {
  if (!isJsonObject(value)) throw new InvalidFilterError(`${name} must be an object`)
  return value
}

function stringList(object: JsonObject, key: string, name: string): string[] | undefined {
  const value: JsonValue | undefined = object[key]
  if (value === undefined) return undefined
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
    throw new InvalidFilterError(`${name} must be a list of strings`)
  return value as string[]
}

function flag(object: JsonObject, key: string, name: string): boolean {
  const value = object[key] ?? false
  if (typeof value !== 'boolean' || object[key] === null) throw new InvalidFilterError(`${name}.${key} must be true or false`)
  return value
}
