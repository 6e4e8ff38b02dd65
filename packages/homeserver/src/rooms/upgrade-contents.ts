import {
  creatorsOf,
  eventTypes,
  isJsonObject,
  type JsonObject,
  parseLevel,
  powerLevelsView,
  type RoomVersion,
  type ServerName,
  serverNameOf,
  type UserId,
} from '@glia/protocol'
import type { StoredEvent } from '../timeline/index.ts'
import type { InitialState } from './read-create-room.ts'

/** State that a new version of a room takes over, as Synapse does; power levels, aliases and bans are taken over by themselves. */
const COPIED_TYPES: readonly string[] = [
  eventTypes.joinRules,
  eventTypes.name,
  eventTypes.topic,
  eventTypes.historyVisibility,
  eventTypes.guestAccess,
  eventTypes.avatar,
  eventTypes.encryption,
  eventTypes.serverAcl,
]

/** @param state the old room's state now */
export function copiedState(state: readonly StoredEvent[], isSpace: boolean): InitialState[] {
  return state.flatMap(({ type, stateKey, content }) => {
    if (stateKey === undefined) return []
    const isCopied = COPIED_TYPES.includes(type) && stateKey === ''
    // an empty child is one that was taken out of the space
    const isChild = isSpace && type === eventTypes.spaceChild && Object.keys(content).length > 0
    return isCopied || isChild ? [{ type, stateKey, content }] : []
  })
}

export interface CopiedLevels {
  /** In force while the new room is filled: its maker may do everything that is copied. */
  readonly initial: JsonObject
  /** In force afterwards. */
  readonly final: JsonObject
}

/**
 * Power levels for the new version of a room. Where the new version has creators above all levels, they are named nowhere else; where only
 * the old one had, they get a level that is enough for everything.
 * @param newCreators of the new room
 */
export function copiedLevels(
  old: { levels: JsonObject; create: StoredEvent; version: RoomVersion },
  created: { version: RoomVersion; newCreators: readonly UserId[] },
): CopiedLevels {
  const content = withIntegerLevels(old.levels, old.version)
  const users: JsonObject = isJsonObject(content.users) ? { ...content.users } : {}
  const view = powerLevelsView(content, undefined, created.version)
  const events = isJsonObject(content.events) ? Object.values(content.events) : []
  const needed = Math.max(view.stateDefault, view.ban, ...events.filter((level) => typeof level === 'number'))
  if (created.version.privilegedCreators) {
    for (const creator of created.newCreators) delete users[creator]
    return { initial: { ...content, users }, final: { ...content, users } }
  }
  if (old.version.privilegedCreators) for (const creator of creatorsOf(old.create, old.version)) users[creator] = Math.max(needed, 100)
  const [maker] = created.newCreators
  const own = users[maker!] ?? view.usersDefault
  const raised = typeof own === 'number' && own >= needed ? users : { ...users, [maker!]: needed }
  return { initial: { ...content, users: raised }, final: { ...content, users } }
}

/** Before version 10, levels could be texts. */
function withIntegerLevels(content: JsonObject, version: RoomVersion): JsonObject {
  const levels: JsonObject = {}
  for (const [key, value] of Object.entries(content)) {
    if (isJsonObject(value)) levels[key] = withIntegerLevels(value, version)
    else levels[key] = parseLevel(value, version) ?? value
  }
  return levels
}

/**
 * Levels of a room that was replaced: only those above the rest may still speak and invite.
 * @returns undefined: they are so already
 */
export function closedLevels(content: JsonObject, version: RoomVersion): JsonObject | undefined {
  const view = powerLevelsView(content, undefined, version)
  const closed = Math.max(50, view.usersDefault + 1)
  if (view.eventsDefault >= closed && view.invite >= closed) return undefined
  return { ...content, events_default: Math.max(view.eventsDefault, closed), invite: Math.max(view.invite, closed) }
}

/** Shares a canonical alias between the rooms: aliases of this server lead to the new one from now on. */
export function splitCanonicalAlias(content: JsonObject, serverName: ServerName): { moved: JsonObject | undefined; kept: JsonObject } {
  const { alias, alt_aliases: alternatives, ...others } = content
  const isOurs = (name: unknown) => typeof name === 'string' && serverNameOf(name as UserId) === serverName
  const listed = Array.isArray(alternatives) ? alternatives : []
  const part = (belongs: (name: unknown) => boolean): JsonObject => {
    const names = listed.filter(belongs)
    return { ...(typeof alias === 'string' && belongs(alias) ? { alias } : {}), ...(names.length > 0 ? { alt_aliases: names } : {}) }
  }
  const moved = part(isOurs)
  return { moved: Object.keys(moved).length > 0 ? moved : undefined, kept: { ...others, ...part((name) => !isOurs(name)) } }
}
