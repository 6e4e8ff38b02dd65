import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import { isJsonObject, isRoomId, type JsonObject, type RoomId, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { checkStorableText } from '../storable-text.ts'
import { get } from './read.ts'
import { set } from './write.ts'

/** Account data and tags as clients ask for them. */
export interface AccountData {
  /**
   * @param roomId undefined for global data; need not be a room that the user is in
   * @throws MatrixError M_NOT_FOUND; M_INVALID_PARAM for what is no room id
   */
  get(userId: UserId, roomId: string | undefined, type: string): Promise<JsonObject>
  /** @throws MatrixError M_BAD_JSON (405) for types that have their own endpoints, M_INVALID_PARAM for what is no room id or a type too long */
  put(userId: UserId, roomId: string | undefined, type: string, content: JsonObject): Promise<void>
  /** Makes as if it had never been set; the user's devices hear of it as `{}`. Nothing happens if there is none. @throws MatrixError as `put` */
  delete(userId: UserId, roomId: string | undefined, type: string): Promise<void>
  /** The user's tags of a room: name → content, usually with `order`. */
  tags(userId: UserId, roomId: string): Promise<{ [tag: string]: JsonObject }>
  /** @throws MatrixError M_INVALID_PARAM for a tag of more than 255 bytes, M_FORBIDDEN if the user never was in the room, M_TOO_LARGE */
  setTag(userId: UserId, roomId: string, tag: string, content: JsonObject): Promise<void>
  removeTag(userId: UserId, roomId: string, tag: string): Promise<void>
}

const OWN_ENDPOINTS = new Map([
  ['m.fully_read', '/rooms/!roomId:server.name/read_markers'],
  ['m.push_rules', '/pushrules'],
])
const MAX_TAGS_BYTES = 64 * 1024

export function createAccountData(deps: { database: Database<HomeserverSchema>; signals: SignalBus }): AccountData {
  const { database, signals } = deps
  return {
    async get(userId, roomId, type) {
      const room = checkRoomId(roomId)
      const content = type.includes('\0') ? undefined : await get(database.read, userId, room, type)
      if (!content) throw new MatrixError('M_NOT_FOUND', room === undefined ? 'Account data not found' : 'Room account data not found')
      return content
    },
    async put(userId, roomId, type, content) {
      const room = checkRoomId(roomId)
      checkType(type)
      await database.transaction((tx) => set(tx, signals, userId, room, type, content))
    },
    async delete(userId, roomId, type) {
      const room = checkRoomId(roomId)
      checkType(type)
      await database.transaction(async (tx) => {
        if ((await get(tx.db, userId, room, type)) !== undefined) await set(tx, signals, userId, room, type, {})
      })
    },
    async tags(userId, roomId) {
      return tagsOf(await get(database.read, userId, checkRoomId(roomId), 'm.tag'))
    },
    async setTag(userId, roomId, tag, content) {
      checkStorableText(tag, 'tag')
      await changeTags(userId, roomId, (tags) => ({ ...tags, [tag]: content }))
    },
    async removeTag(userId, roomId, tag) {
      await changeTags(userId, roomId, (tags) => Object.fromEntries(Object.entries(tags).filter(([name]) => name !== tag)))
    },
  }

  async function changeTags(userId: UserId, roomId: string, change: (tags: { [tag: string]: JsonObject }) => JsonObject): Promise<void> {
    const room = checkRoomId(roomId)
    await database.transaction(async (tx) => {
      await requireEverMember(tx, room, userId)
      await tx.lock(`tags:${userId}`)
      const tags = change(tagsOf(await get(tx.db, userId, room, 'm.tag')))
      if (JSON.stringify(tags).length > MAX_TAGS_BYTES) throw new MatrixError('M_TOO_LARGE', 'The room has too many tags')
      await set(tx, signals, userId, room, 'm.tag', { tags })
    })
  }
}

function checkType(type: string): void {
  const instead = OWN_ENDPOINTS.get(type)
  if (instead) throw new MatrixError('M_BAD_JSON', `Cannot set ${type} through this API. Use ${instead}`, { status: 405 })
  checkStorableText(type, 'type')
}

function checkRoomId(roomId: string): RoomId
function checkRoomId(roomId: string | undefined): RoomId | undefined
function checkRoomId(roomId: string | undefined): RoomId | undefined {
  if (roomId !== undefined && !isRoomId(roomId)) throw new MatrixError('M_INVALID_PARAM', `${roomId} is not a valid room ID`)
  return roomId
}

/** `m.tag` can also be set as it is, with anything in it. */
function tagsOf(content: JsonObject | undefined): { [tag: string]: JsonObject } {
  const tags = content?.tags
  if (!isJsonObject(tags)) return {}
  return Object.fromEntries(Object.entries(tags).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1])))
}

async function requireEverMember(tx: Transaction<HomeserverSchema>, roomId: RoomId, userId: UserId): Promise<void> {
  const found = await tx.db
    .selectFrom('memberships')
    .select('membership')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (!found) throw new MatrixError('M_FORBIDDEN', `User ${userId} has no membership in room ${roomId}`)
}
