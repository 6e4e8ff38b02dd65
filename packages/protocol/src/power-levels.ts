import type { UserId } from './ids.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from './json.ts'
import type { RoomVersion } from './room-versions.ts'

/** The seven single levels of `m.room.power_levels` and their values when absent (Client-Server API, `m.room.power_levels`). */
export const powerLevelDefaults = {
  users_default: 0,
  events_default: 0,
  state_default: 50,
  ban: 50,
  redact: 50,
  kick: 50,
  invite: 0,
} as const

export type ScalarPowerLevel = keyof typeof powerLevelDefaults

/** The power levels of a room with all defaults filled in. */
export interface PowerLevelsView {
  /** The user's level; `Infinity` for the creators of a version 12 room. */
  of(userId: string): number
  /** The level needed to send an event of this type. */
  required(type: string, isState: boolean): number
  readonly ban: number
  readonly kick: number
  readonly redact: number
  readonly invite: number
  readonly stateDefault: number
  readonly eventsDefault: number
  readonly usersDefault: number
  /** The level needed to notify with `@room` (`key` = `room`) and the like. */
  notifications(key: string): number
}

/** What of the create event decides who the creators are. */
export type CreateEventView = { sender: UserId; content: JsonObject }

/**
 * Reads a room's levels.
 * @param powerLevelsContent undefined where the room has no `m.room.power_levels`: the creator then has 100, all others 0.
 */
export function powerLevelsView(
  powerLevelsContent: JsonObject | undefined,
  createEvent: CreateEventView | undefined,
  version: RoomVersion,
): PowerLevelsView {
  const content = powerLevelsContent ?? {}
  const creators = createEvent === undefined ? [] : creatorsOf(createEvent, version)
  const scalar = (key: ScalarPowerLevel) => parseLevel(content[key], version) ?? powerLevelDefaults[key]
  const entry = (map: JsonValue | undefined, key: string) => (isJsonObject(map) ? parseLevel(ownValue(map, key), version) : undefined)
  const usersDefault = scalar('users_default')
  const eventsDefault = scalar('events_default')
  const stateDefault = scalar('state_default')
  return {
    of(userId) {
      const isCreator = creators.includes(userId as UserId)
      if (isCreator && version.privilegedCreators) return Number.POSITIVE_INFINITY
      if (powerLevelsContent === undefined) return isCreator ? 100 : 0
      return entry(content.users, userId) ?? usersDefault
    },
    required: (type, isState) => entry(content.events, type) ?? (isState ? stateDefault : eventsDefault),
    ban: scalar('ban'),
    kick: scalar('kick'),
    redact: scalar('redact'),
    invite: scalar('invite'),
    stateDefault,
    eventsDefault,
    usersDefault,
    notifications: (key) => entry(content.notifications, key) ?? 50,
  }
}

/** The creators of a room: its creator, and from version 12 on also `additional_creators`. */
export function creatorsOf(createEvent: CreateEventView, version: RoomVersion): UserId[] {
  const { creator, additional_creators: additional } = createEvent.content
  if (version.creatorInContent) return typeof creator === 'string' ? [creator as UserId] : []
  if (!version.privilegedCreators || !Array.isArray(additional)) return [createEvent.sender]
  return [createEvent.sender, ...(additional.filter((user) => typeof user === 'string') as UserId[])]
}

/** A level as a number; undefined for what is none. Before version 10 strings of digits counted as well. */
export function parseLevel(value: JsonValue | undefined, version: RoomVersion): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  if (version.integerPowerLevels || typeof value !== 'string' || !/^\s*[+-]?[0-9]+\s*$/.test(value)) return undefined
  const level = Number(value)
  return Number.isSafeInteger(level) ? level : undefined
}

export type RoomPreset = 'private_chat' | 'trusted_private_chat' | 'public_chat'

/**
 * Content of the first `m.room.power_levels` of a new room, as Synapse makes it.
 * @param options.invitees get level 100 with `trusted_private_chat`; in version 12 they must become `additional_creators` instead.
 */
export function defaultPowerLevels(options: {
  creator: UserId
  preset: RoomPreset
  version: RoomVersion
  invitees?: readonly UserId[]
}): JsonObject {
  const { creator, preset, version, invitees = [] } = options
  const users: JsonObject = {}
  if (!version.privilegedCreators) {
    users[creator] = 100
    if (preset === 'trusted_private_chat') for (const invitee of invitees) users[invitee] = 100
  }
  const events: JsonObject = {
    'm.room.name': 50,
    'm.room.power_levels': 100,
    'm.room.history_visibility': 100,
    'm.room.canonical_alias': 50,
    'm.room.avatar': 50,
    'm.room.tombstone': version.privilegedCreators ? 150 : 100,
    'm.room.server_acl': 100,
    'm.room.encryption': 100,
  }
  return {
    // Synapse puts this level beside `events`, where it has no effect; new rooms should look the same.
    ...(preset === 'public_chat' ? { 'm.call.invite': 50 } : {}),
    users,
    users_default: 0,
    events,
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: preset === 'public_chat' ? 50 : 0,
    historical: 100,
  }
}
