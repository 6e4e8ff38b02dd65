import { MatrixError } from '@glia/contract'
import { isUniqueViolation, type Reads, type Transaction } from '@glia/database'
import { isRoomAlias, isRoomId, type RoomAlias, type RoomId, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

export interface AliasRecord {
  readonly alias: RoomAlias
  readonly roomId: RoomId
  readonly creator: UserId
}

export async function findAlias(db: Reads<HomeserverSchema>, alias: RoomAlias): Promise<AliasRecord | undefined> {
  // PostgreSQL refuses a NUL even as a value to look for
  if (alias.includes('\0')) return undefined
  const row = await db.selectFrom('room_aliases').selectAll().where('alias', '=', alias).executeTakeFirst()
  return row && { alias, roomId: row.room_id as RoomId, creator: row.creator as UserId }
}

/** Lets the application service to which an alias belongs make the room. @returns whether there is one now */
export type AskForAlias = (alias: RoomAlias) => Promise<boolean>

export async function findOrAskForAlias(
  db: Reads<HomeserverSchema>,
  alias: RoomAlias,
  askForAlias: AskForAlias,
): Promise<AliasRecord | undefined> {
  return (await findAlias(db, alias)) ?? ((await askForAlias(alias)) ? findAlias(db, alias) : undefined)
}

/**
 * The room that a room id or an alias names; that there is a room of this id is not checked.
 * @param askForAlias lets an application service make the room of an unknown alias
 * @throws MatrixError M_UNKNOWN (neither id nor alias), M_NOT_FOUND (unknown alias)
 */
export async function resolveRoomId(
  db: Reads<HomeserverSchema>,
  identifier: string,
  askForAlias: AskForAlias = async () => false,
): Promise<RoomId> {
  if (isRoomId(identifier)) return identifier
  if (!isRoomAlias(identifier)) throw new MatrixError('M_UNKNOWN', `${identifier} was not legal room ID or room alias`)
  const found = await findOrAskForAlias(db, identifier, askForAlias)
  if (!found) throw new MatrixError('M_NOT_FOUND', `Room alias ${identifier} not found`)
  return found.roomId
}

export async function aliasesOfRoom(db: Reads<HomeserverSchema>, roomId: RoomId): Promise<RoomAlias[]> {
  const rows = await db.selectFrom('room_aliases').select('alias').where('room_id', '=', roomId).orderBy('alias').execute()
  return rows.map(({ alias }) => alias as RoomAlias)
}

/** Thrown by `insertAlias`; what it is called on the wire depends on what was asked. */
export class AliasTakenError extends Error {
  override name = 'AliasTakenError'
}

/** @throws AliasTakenError */
export async function insertAlias(tx: Transaction<HomeserverSchema>, record: AliasRecord, nowMs: number): Promise<void> {
  try {
    await tx.db
      .insertInto('room_aliases')
      .values({ alias: record.alias, room_id: record.roomId, creator: record.creator, created_at_ms: nowMs })
      .execute()
  } catch (error) {
    if (isUniqueViolation(error)) throw new AliasTakenError('the alias is taken', { cause: error })
    throw error
  }
}

export async function deleteAlias(tx: Transaction<HomeserverSchema>, alias: RoomAlias): Promise<void> {
  await tx.db.deleteFrom('room_aliases').where('alias', '=', alias).execute()
}

/** Lets all aliases of a room lead to another. @returns them, sorted */
export async function moveAliases(tx: Transaction<HomeserverSchema>, from: RoomId, to: RoomId): Promise<string[]> {
  const moved = await tx.db.updateTable('room_aliases').set({ room_id: to }).where('room_id', '=', from).returning('alias').execute()
  return moved.map(({ alias }) => alias).sort()
}
