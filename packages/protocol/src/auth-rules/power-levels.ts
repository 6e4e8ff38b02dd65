import { isUserId } from '../ids.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../json.ts'
import { creatorsOf, parseLevel, powerLevelDefaults, type ScalarPowerLevel } from '../power-levels.ts'
import type { RoomVersion } from '../room-versions.ts'
import { type AuthDecision, type AuthInput, allow, deny } from './decision.ts'

const scalars = Object.keys(powerLevelDefaults) as ScalarPowerLevel[]

/** Rule 9: `m.room.power_levels`. */
export function authorizePowerLevels(input: AuthInput): AuthDecision {
  const { event, state, version, createEvent } = input
  const shape = checkPowerLevelsShape(event.content, version)
  if (!shape.allowed) return shape
  // 9.4 (version 12) Creators stand outside the levels.
  if (version.privilegedCreators) {
    const creator = creatorsOf(createEvent, version).find(
      (user) => ownValue(event.content.users as JsonObject | undefined, user) !== undefined,
    )
    if (creator !== undefined) return deny('9.4', `Creator user ${creator} must not appear in content.users`)
  }
  // 9.5 The first levels of the room.
  const previous = state('m.room.power_levels', '')
  if (previous === undefined) return allow
  return checkChanges(input, previous.content)
}

/** Rules 9.1 to 9.3: every level is an integer, every key of `users` a user id. Useful by itself for refusing bad input early. */
export function checkPowerLevelsShape(content: JsonObject, version: RoomVersion): AuthDecision {
  // 9.1 Single levels.
  for (const key of scalars) {
    const value = content[key]
    if (value !== undefined && parseLevel(value, version) === undefined)
      return deny('9.1', `${show(value)} is not a valid power level for ${key}.`)
  }
  // 9.2 events and notifications.
  for (const map of ['events', 'notifications', 'users'] as const) {
    const levels = content[map]
    if (levels === undefined) continue
    if (!isJsonObject(levels)) return deny(map === 'users' ? '9.3' : '9.2', `${map} in power levels must be an object.`)
    for (const [key, value] of Object.entries(levels)) {
      // 9.3 users.
      if (map === 'users' && !isUserId(key)) return deny('9.3', `${show(key)} in power levels is not a valid user id.`)
      if (parseLevel(value, version) === undefined) {
        return deny(map === 'users' ? '9.3' : '9.2', `${show(value)} is not a valid power level for ${show(key)} in ${map}.`)
      }
    }
  }
  return allow
}

/** Rules 9.6 to 9.9: nobody gives or takes what is above them. */
function checkChanges({ event, powerLevels, version }: AuthInput, old: JsonObject): AuthDecision {
  const level = powerLevels.of(event.sender)
  // 9.6 Single levels; 9.7 entries of events and notifications.
  const groups: [string, JsonObject, JsonObject, readonly string[]][] = [['9.6', old, event.content, scalars]]
  for (const map of ['events', 'notifications'] as const) groups.push(['9.7', ...mapsOf(old[map], event.content[map])])
  for (const [rule, before, after, keys] of groups) {
    for (const key of keys) {
      const { from, to } = change(before, after, key, version)
      if (from === to) continue
      if (from !== undefined && from > level)
        return deny(rule, `You don't have permission to change the level of ${key}, which is above your own.`)
      if (to !== undefined && to > level) return deny(rule, `You don't have permission to add ops level greater than your own (${key})`)
    }
  }
  const [before, after, users] = mapsOf(old.users, event.content.users)
  for (const user of users) {
    const { from, to } = change(before, after, user, version)
    if (from === to) continue
    // 9.8 Others at or above the sender's level.
    if (user !== event.sender && from !== undefined && from >= level) {
      return deny('9.8', `You don't have permission to remove ops level equal to your own (${user})`)
    }
    // 9.9 New levels.
    if (to !== undefined && to > level) return deny('9.9', `You don't have permission to add ops level greater than your own (${user})`)
  }
  return allow
}

/** Both maps as objects, and all their keys. */
function mapsOf(before: JsonValue | undefined, after: JsonValue | undefined): [JsonObject, JsonObject, string[]] {
  const left = isJsonObject(before) ? before : {}
  const right = isJsonObject(after) ? after : {}
  return [left, right, [...new Set([...Object.keys(left), ...Object.keys(right)])]]
}

function change(
  before: JsonObject,
  after: JsonObject,
  key: string,
  version: RoomVersion,
): { from: number | undefined; to: number | undefined } {
  return { from: parseLevel(ownValue(before, key), version), to: parseLevel(ownValue(after, key), version) }
}

function show(value: JsonValue): string {
  return JSON.stringify(value).slice(0, 100)
}
