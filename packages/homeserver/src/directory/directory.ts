import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { Requester } from '@glia/http'
import type { Clock } from '@glia/platform'
import {
  eventTypes,
  isRoomAlias,
  isRoomId,
  localpartOf,
  type RoomAlias,
  type RoomId,
  type ServerName,
  serverNameOf,
  utf8ByteLength,
} from '@glia/protocol'
import { isWorldReadable, notInRoom, roomAccess } from '../history/index.ts'
import { isJoined } from '../joined-member.ts'
import { roomExists } from '../room-exists.ts'
import type { HomeserverSchema } from '../schema.ts'
import { asMember, type RoomWriter, type Timeline, UnknownRoomError } from '../timeline/index.ts'
import type { CheckAliasOwner } from './alias-owners.ts'
import {
  type AliasRecord,
  AliasTakenError,
  type AskForAlias,
  aliasesOfRoom,
  deleteAlias,
  findAlias,
  findOrAskForAlias,
  insertAlias,
} from './alias-store.ts'
import { dropFromCanonicalAlias } from './canonical-alias.ts'
import { findPublished, setPublished } from './published.ts'

const MAX_ALIAS_BYTES = 255

/** Names of rooms, and which rooms are listed. */
export interface Directory {
  /** @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM (no alias at all) */
  resolve(alias: string): Promise<AliasRecord>
  /**
   * Application services need not be in the room.
   * @throws MatrixError M_UNKNOWN (409: taken; 400: not ours, no such room), M_FORBIDDEN (not in the room), M_EXCLUSIVE (reserved)
   */
  create(requester: Requester, alias: string, roomId: RoomId): Promise<void>
  /**
   * For its creator, the application service that owns it, server admins, and those who may set the room's canonical alias; that is updated too.
   * @throws MatrixError M_NOT_FOUND, M_FORBIDDEN, M_EXCLUSIVE
   */
  delete(requester: Requester, alias: string): Promise<void>
  /** For members, and for everybody where the history is world-readable. */
  list(requester: Requester, roomId: RoomId): Promise<RoomAlias[]>
  /** @throws MatrixError M_NOT_FOUND */
  isPublished(roomId: RoomId): Promise<boolean>
  /** For server admins and those who may set the canonical alias. @throws MatrixError M_FORBIDDEN, M_UNKNOWN (no such room) */
  setPublished(requester: Requester, roomId: RoomId, isPublished: boolean): Promise<void>
}

export function createDirectory(deps: {
  database: Database<HomeserverSchema>
  timeline: Timeline
  serverName: ServerName
  clock: Clock
  checkAliasOwner: CheckAliasOwner
  askForAlias: AskForAlias
}): Directory {
  const { database, timeline, serverName, clock, checkAliasOwner } = deps

  return {
    async resolve(alias) {
      const found = await findOrAskForAlias(database.read, checkAlias(alias), deps.askForAlias)
      if (!found) throw new MatrixError('M_NOT_FOUND', `Room alias ${alias} not found`)
      return found
    },

    async create(requester, text, roomId) {
      const alias = checkNewAlias(text, serverName)
      checkAliasOwner(requester, alias)
      if (!(await roomExists(database.read, roomId))) throw new MatrixError('M_UNKNOWN', 'Room does not exist')
      if (!requester.isAdmin && !requester.appservice && !(await isJoined(database.read, roomId, requester.userId))) {
        throw new MatrixError('M_FORBIDDEN', 'You must be in the room to create an alias for it')
      }
      try {
        await timeline.transaction(roomId, (tx) => insertAlias(tx, { alias, roomId, creator: requester.userId }, clock.nowMs()))
      } catch (error) {
        if (!(error instanceof AliasTakenError)) throw error
        throw new MatrixError('M_UNKNOWN', `Room alias ${alias} already exists`, { status: 409, cause: error })
      }
    },

    async delete(requester, text) {
      const alias = checkAlias(text)
      const found = await findAlias(database.read, alias)
      if (!found) throw new MatrixError('M_NOT_FOUND', 'Unknown room alias')
      checkAliasOwner(requester, alias)
      const isOwn = requester.isAdmin || requester.appservice !== undefined || found.creator === requester.userId
      const refusal = () => new MatrixError('M_FORBIDDEN', "You don't have permission to delete the alias.")
      await timeline.transaction(found.roomId, async (tx) => {
        try {
          await timeline.edit(tx, found.roomId, async (room) => {
            if (!isOwn && !(await mayEditListing(room, requester))) throw refusal()
            await deleteAlias(tx, alias)
            await dropFromCanonicalAlias(room, alias, requester.userId)
          })
        } catch (error) {
          // an alias may outlive its room
          if (!(error instanceof UnknownRoomError)) throw error
          if (!isOwn) throw refusal()
          await deleteAlias(tx, alias)
        }
      })
    },

    async list(requester, roomId) {
      if (!isRoomId(roomId)) throw notInRoom(roomId, requester.userId)
      if (!requester.isAdmin) {
        const access = await roomAccess(database.read, roomId, requester.userId)
        // aliases have no past that those who left could be shown
        if (access.kind === 'left' && !(await isWorldReadable(database.read, roomId))) throw notInRoom(roomId, requester.userId)
      }
      return aliasesOfRoom(database.read, roomId)
    },

    async isPublished(roomId) {
      const isPublished = isRoomId(roomId) ? await findPublished(database.read, roomId) : undefined
      if (isPublished === undefined) throw new MatrixError('M_NOT_FOUND', 'Unknown room')
      return isPublished
    },

    async setPublished(requester, roomId, isPublished) {
      if (!(await roomExists(database.read, roomId))) throw new MatrixError('M_UNKNOWN', 'Unknown room')
      await timeline.transaction(roomId, async (tx) => {
        if (!requester.isAdmin) {
          await asMember(tx, timeline, roomId, requester.userId, async (room) => {
            if (await mayEditListing(room, requester)) return
            throw new MatrixError('M_FORBIDDEN', 'This server requires you to be a moderator in the room to edit its room list entry')
          })
        }
        await setPublished(tx, roomId, isPublished)
      })
    },
  }
}

async function mayEditListing(room: RoomWriter, requester: Requester): Promise<boolean> {
  const levels = await room.powerLevels()
  return levels.of(requester.userId) >= levels.required(eventTypes.canonicalAlias, true)
}

function checkAlias(alias: string): RoomAlias {
  if (!isRoomAlias(alias)) throw new MatrixError('M_INVALID_PARAM', 'Room alias invalid')
  return alias
}

/**
 * The rules for an alias that is to be given out here.
 * @throws MatrixError M_INVALID_PARAM, M_UNKNOWN
 */
export function checkNewAlias(text: string, serverName: ServerName): RoomAlias {
  if (utf8ByteLength(text) > MAX_ALIAS_BYTES)
    throw new MatrixError('M_INVALID_PARAM', `Can't create aliases longer than ${MAX_ALIAS_BYTES} characters`)
  const alias = checkAlias(text)
  if (/\s/.test(localpartOf(alias))) throw new MatrixError('M_UNKNOWN', 'Invalid characters in room alias')
  if (serverNameOf(alias) !== serverName) throw new MatrixError('M_UNKNOWN', 'Room alias must be local')
  return alias
}
