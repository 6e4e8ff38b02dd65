import { MatrixError } from '@glia/contract'
import { type Database, isUniqueViolation, type Transaction } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import { eventTypes, type JsonObject, type RoomId, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import { AliasTakenError, checkCanonicalAlias, insertAlias, setPublished } from '../directory/index.ts'
import { memberContent, type Profile, type ProfileLookup } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkContent, newRoomOf, type RoomWriter, type Timeline } from '../timeline/index.ts'
import { createContent, initialState } from './initial-events.ts'
import type { NewRoom } from './read-create-room.ts'

export interface CreateRoomDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly serverName: ServerName
  readonly clock: Clock
  readonly random: Random
  readonly profileOf: ProfileLookup
}

const MAX_ATTEMPTS = 5

/**
 * Makes a room with everything that it starts with, invites included, or nothing at all.
 * Whether the creator may make rooms and invite these users is the caller's to check.
 * @throws MatrixError M_ROOM_IN_USE (alias), M_FORBIDDEN (state that the creator may not set), M_UNKNOWN and M_BAD_JSON (contents)
 */
export async function createRoom(deps: CreateRoomDeps, room: NewRoom, creator: UserId): Promise<RoomId> {
  const remote = room.invitees.find((user) => serverNameOf(user) !== deps.serverName)
  if (remote !== undefined) throw new MatrixError('M_FORBIDDEN', `Federation denied with ${serverNameOf(remote)}.`)
  const profiles = new Map<UserId, Profile>()
  for (const user of [creator, ...room.invitees]) profiles.set(user, await deps.profileOf(user))
  try {
    return await atFreeTime(deps.clock, (nowMs) => deps.database.transaction((tx) => writeRoom(deps, tx, room, creator, profiles, nowMs)))
  } catch (error) {
    if (error instanceof AliasTakenError) throw new MatrixError('M_ROOM_IN_USE', 'Room alias already taken', { cause: error })
    throw error
  }
}

/**
 * Makes a room at the next time that is free: in version 12, two rooms that one user makes in the same millisecond would have the same
 * create event, and so the same id.
 * @param make a transaction of its own, with {@link writeRoom}
 */
export async function atFreeTime<T>(clock: Clock, make: (nowMs: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await make(clock.nowMs() + attempt)
    } catch (error) {
      if (!isUniqueViolation(error) || attempt >= MAX_ATTEMPTS) throw error
    }
  }
}

/** The same inside a transaction, at a time of the caller's: {@link atFreeTime}. */
export async function writeRoom(
  deps: Pick<CreateRoomDeps, 'timeline' | 'serverName' | 'random'>,
  tx: Transaction<HomeserverSchema>,
  room: NewRoom,
  creator: UserId,
  profiles: ReadonlyMap<UserId, Profile>,
  nowMs: number,
): Promise<RoomId> {
  const { timeline, serverName } = deps
  const roomId = await timeline.create(tx, newRoomOf(room.version, deps), async (writer) => {
    const send = (type: string, stateKey: string, content: JsonObject) =>
      writer.append({ type, sender: creator, stateKey, content, originServerTs: nowMs })
    await send(eventTypes.create, '', createContent(room, creator))
    await send(eventTypes.member, creator, memberContent('join', {}, profiles.get(creator)))
    if (room.alias) await insertAlias(tx, { alias: room.alias, roomId: writer.roomId, creator }, nowMs)
    for (const { type, stateKey, content } of initialState(room, creator)) {
      await checkState(tx, writer, { type, stateKey, content }, serverName)
      await send(type, stateKey, content)
    }
    for (const invitee of room.invitees) {
      const content = memberContent('invite', room.isDirect ? { is_direct: true } : {}, profiles.get(invitee))
      await send(eventTypes.member, invitee, content)
    }
    return writer.roomId
  })
  if (room.isPublished) await setPublished(tx, roomId, true)
  return roomId
}

async function checkState(
  tx: Transaction<HomeserverSchema>,
  writer: RoomWriter,
  event: { type: string; stateKey: string; content: JsonObject },
  serverName: ServerName,
): Promise<void> {
  await checkContent(writer, event, serverName)
  if (event.type === eventTypes.canonicalAlias) await checkCanonicalAlias(tx, writer, event.content)
}
