import type { RoomId } from '@glia/protocol'
import { endOfStay } from '../history/index.ts'
import { findOwnRooms, type OwnRoom } from '../sync/index.ts'
import type { LookDeps, SlidingLook } from './sliding-look.ts'

/** A room that lists may show. */
export interface ListedRoom {
  readonly room: OwnRoom
  /** The greater, the higher up. */
  readonly bumpStamp: number
}

/**
 * The rooms that lists choose from, unsorted: joined ones, invitations and knocks, rooms that others removed the user from, and those that
 * the user left since the client was told of them.
 */
export async function findListedRooms(deps: LookDeps, look: SlidingLook): Promise<ListedRoom[]> {
  const rooms: OwnRoom[] = []
  for (const room of await findOwnRooms(deps.database.read, look.userId, { since: look.since, now: look.now, includeLeft: true })) {
    if (await isListed(deps, look, room)) rooms.push(room)
  }
  const joined = rooms.filter(({ membership }) => membership === 'join')
  const stamps = await deps.bumpStamps.of(joined, look.now)
  return rooms.map((room) => ({ room, bumpStamp: stamps.get(room.roomId) ?? room.memberPosition }))
}

async function isListed(deps: LookDeps, look: SlidingLook, room: OwnRoom): Promise<boolean> {
  const isSent = look.draft.rooms.has(room.roomId)
  if (room.membership === 'invite') return !look.ignoredUsers.has(room.memberSender)
  if (isSent || room.membership === 'join' || room.membership === 'knock') return true
  return room.memberSender !== look.userId && (await wasIn(deps, room))
}

/** Whoever was banned from outside has nothing to do with the room. */
async function wasIn({ database, stays }: LookDeps, { memberEventId }: OwnRoom): Promise<boolean> {
  const known = stays.get(memberEventId)
  if (known !== undefined) return known
  const answer = (await endOfStay(database.read, { event_id: memberEventId })) !== undefined
  stays.set(memberEventId, answer)
  return answer
}

/** Highest first. */
export function sortRooms(rooms: readonly ListedRoom[]): ListedRoom[] {
  return rooms.toSorted((a, b) => b.bumpStamp - a.bumpStamp || (a.room.roomId < b.room.roomId ? -1 : 1))
}

export function roomIdsOf(rooms: readonly ListedRoom[]): RoomId[] {
  return rooms.map(({ room }) => room.roomId)
}
