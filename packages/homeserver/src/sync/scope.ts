import type { RoomId } from '@glia/protocol'
import { ANYTHING, type Changes } from '../changes/index.ts'
import { ignoredUsersOf } from '../history/index.ts'
import type { SyncMemory } from './build-sync.ts'
import type { OwnRoom } from './own-rooms.ts'
import type { SyncDeps } from './sync-deps.ts'
import type { SyncRequest } from './sync-request.ts'

/** Of users who sync, what changes seldom. */
export interface KnownUser {
  readonly joinedRooms: ReadonlySet<RoomId>
  readonly ignoredUsers: ReadonlySet<string>
}

/** Where a look for news has to look. */
export interface Scope {
  readonly changes: Changes
  readonly ignoredUsers: ReadonlySet<string>
  /** Nothing of the user's own changed: only these joined rooms may have news. undefined: any of the user's rooms. */
  readonly rooms: readonly RoomId[] | undefined
  readonly joinedRooms: ReadonlySet<RoomId> | undefined
}

/** With more rooms than this, asking for all of the user's is no more work. */
const MAX_ROOMS = 200

/** Finds out, in memory, what may have changed for the user since the token. */
export async function findScope(
  { database, changes: recent, typing }: Pick<SyncDeps, 'database' | 'changes' | 'typing'>,
  memory: Pick<SyncMemory, 'users'>,
  { userId, since, fullState }: SyncRequest,
  at: { now: number; typingSince: number },
): Promise<Scope> {
  const changes = (since && !fullState && recent.between(since.position, at.now)) || ANYTHING
  const known = memory.users.get(userId, at.now)
  if (!known || changes.ofUser(userId)) {
    return { changes, ignoredUsers: await ignoredUsersOf(database.read, userId), rooms: undefined, joinedRooms: undefined }
  }
  const rooms = new Set(typing.roomsChangedSince(at.typingSince).filter((roomId) => known.joinedRooms.has(roomId)))
  for (const roomId of known.joinedRooms) if (changes.ofRoom(roomId)) rooms.add(roomId)
  return { ...known, changes, rooms: rooms.size <= MAX_ROOMS ? [...rooms] : undefined }
}

export function joinedRoomsOf(rooms: readonly OwnRoom[]): ReadonlySet<RoomId> {
  return new Set(rooms.filter(({ membership }) => membership === 'join').map(({ roomId }) => roomId))
}
