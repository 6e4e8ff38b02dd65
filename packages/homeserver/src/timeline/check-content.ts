import { MatrixError } from '@glia/contract'
import {
  checkPowerLevelsShape,
  creatorsOf,
  eventTypes,
  isJsonObject,
  isUserId,
  type JsonObject,
  type JsonValue,
  matchesGlob,
  ownValue,
  type RoomId,
  type ServerName,
} from '@glia/protocol'
import type { RoomWriter } from './room-writer.ts'

const REQUIRED_TEXTS: Readonly<Record<string, readonly string[]>> = {
  [eventTypes.message]: ['body', 'msgtype'],
  [eventTypes.topic]: ['topic'],
  [eventTypes.name]: ['name'],
}

/**
 * What is asked of our own users' events beyond the rules of the room. Texts and codes are Synapse's.
 * @throws MatrixError 400
 */
export async function checkContent(
  room: RoomWriter,
  event: { type: string; stateKey?: string | undefined; content: JsonObject },
  serverName: ServerName,
): Promise<void> {
  const { type, content } = event
  checkTexts(type, content)
  switch (type) {
    case eventTypes.powerLevels:
      return checkPowerLevels(room, content)
    case eventTypes.serverAcl:
      return checkServerAcl(content, serverName)
    case eventTypes.tombstone:
      return checkTombstone(content, room.roomId)
    default:
  }
}

/** Events whose meaning hangs on a text must have it. */
export function checkTexts(type: string, content: JsonObject): void {
  for (const name of REQUIRED_TEXTS[type] ?? []) {
    if (content[name] === undefined) throw new MatrixError('M_UNKNOWN', `'${name}' not in content`)
    if (typeof content[name] !== 'string') throw new MatrixError('M_UNKNOWN', `'${name}' not a string type`)
  }
}

async function checkPowerLevels(room: RoomWriter, content: JsonObject): Promise<void> {
  const users = content.users
  if (isJsonObject(users)) {
    const wrong = Object.keys(users).find((user) => !isUserId(user))
    if (wrong !== undefined) throw new MatrixError('M_UNKNOWN', `Not a valid user_id: ${wrong}`)
  }
  const shape = checkPowerLevelsShape(content, room.version)
  if (!shape.allowed) throw new MatrixError('M_BAD_JSON', shape.reason)
  const create = await room.state(eventTypes.create, '')
  if (!create || !room.version.privilegedCreators || !isJsonObject(users)) return
  const creator = creatorsOf(create, room.version).find((user) => ownValue(users, user) !== undefined)
  if (creator !== undefined) throw new MatrixError('M_UNKNOWN', `Creator user ${creator} must not appear in content.users`)
}

/** An ACL that shuts out this server could not be taken back from here. */
function checkServerAcl(content: JsonObject, serverName: ServerName): void {
  const host = serverName.replace(/:\d+$/, '')
  const matches = (patterns: JsonValue | undefined) =>
    Array.isArray(patterns) && patterns.some((pattern) => typeof pattern === 'string' && matchesGlob(pattern.toLowerCase(), host))
  if (matches(content.deny) || !matches(content.allow)) {
    throw new MatrixError('M_UNKNOWN', "Can't create an ACL event that denies the local server")
  }
}

function checkTombstone(content: JsonObject, roomId: RoomId): void {
  if (content.replacement_room === roomId) throw new MatrixError('M_UNKNOWN', 'Tombstone cannot reference the room it was sent in')
}
