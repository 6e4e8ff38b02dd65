import { MatrixError } from '@glia/contract'
import { defaultPowerLevels, eventTypes, isJsonObject, isUserId, type JsonObject, ownValue, stateMapKey, type UserId } from '@glia/protocol'
import type { InitialState, NewRoom } from './read-create-room.ts'

/** Content of the create event. @throws MatrixError for `additional_creators` that are none */
export function createContent(room: NewRoom, creator: UserId): JsonObject {
  const { version, preset, creationContent, invitees } = room
  const content: JsonObject = { ...creationContent, room_version: version.id }
  if (version.creatorInContent) content.creator = creator
  if (!version.privilegedCreators) return content
  const named = checkedCreators(creationContent)
  const trusted = preset === 'trusted_private_chat' ? invitees : []
  const additional = [...new Set([...named, ...trusted])].filter((user) => user !== creator)
  if (additional.length > 0) content.additional_creators = additional
  return content
}

function checkedCreators({ additional_creators: named }: JsonObject): string[] {
  if (named === undefined) return []
  if (!Array.isArray(named)) throw new MatrixError('M_FORBIDDEN', 'additional_creators must be an array', { status: 400 })
  if (!named.every(isUserId)) throw new MatrixError('M_FORBIDDEN', 'entry in additional_creators is not a valid user ID', { status: 400 })
  return named
}

/**
 * The state of a new room between its creator's join and the invites, in the order in which it is sent
 * (Client-Server API, "Creation"; contents as Synapse makes them).
 */
export function initialState(room: NewRoom, creator: UserId): InitialState[] {
  const given = new Set(room.initialState.map(({ type, stateKey }) => stateMapKey(type, stateKey)))
  const events: InitialState[] = []
  const add = (type: string, content: JsonObject) => events.push({ type, stateKey: '', content })
  const addUnlessGiven = (type: string, content: JsonObject) => !given.has(stateMapKey(type, '')) && add(type, content)

  const givenLevels = room.initialState.findLast(({ type, stateKey }) => type === eventTypes.powerLevels && stateKey === '')
  add(eventTypes.powerLevels, givenLevels?.content ?? powerLevels(room, creator))
  if (room.alias) addUnlessGiven(eventTypes.canonicalAlias, { alias: room.alias })
  const isOpen = room.preset === 'public_chat'
  addUnlessGiven(eventTypes.joinRules, { join_rule: isOpen ? 'public' : 'invite' })
  addUnlessGiven(eventTypes.historyVisibility, { history_visibility: 'shared' })
  if (!isOpen) addUnlessGiven(eventTypes.guestAccess, { guest_access: 'can_join' })
  for (const event of room.initialState) {
    if (!(event.type === eventTypes.powerLevels && event.stateKey === '')) events.push(event)
  }
  if (room.name !== undefined) add(eventTypes.name, { name: room.name })
  if (room.topic !== undefined) add(eventTypes.topic, topicContent(room.topic))
  return events
}

function topicContent(topic: string): JsonObject {
  return { topic, 'm.topic': { 'm.text': [{ body: topic }] } }
}

function powerLevels(room: NewRoom, creator: UserId): JsonObject {
  const { preset, version, invitees, powerLevelOverride: override } = room
  const users = override?.users
  if (!version.privilegedCreators && isJsonObject(users) && ownValue(users, creator) === undefined) {
    throw new MatrixError('M_UNKNOWN', `Not a valid power_level_content_override: 'users' did not contain ${creator}`)
  }
  return { ...defaultPowerLevels({ creator, preset, version, invitees }), ...override }
}
