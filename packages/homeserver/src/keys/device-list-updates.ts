import type { Reads } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import { deviceListChangesSince, signedUsersSince } from './device-lists.ts'
import { type Move, membershipMoves } from './membership-moves.ts'

/** Users to ask `/keys/query` about again, and users whose keys no longer matter. */
export interface DeviceListUpdates {
  changed: UserId[]
  left: UserId[]
}

/**
 * What `device_lists` of an incremental sync and `/keys/changes` tell a user about (`since`, `upTo`]: users sharing a room whose devices
 * changed or who newly share one, oneself included; users who no longer share any. Rather one too many in `changed` than one missing.
 */
export async function deviceListUpdates(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  since: number,
  upTo: number,
): Promise<DeviceListUpdates> {
  const changed = new Set(await signedUsersSince(db, userId, since, upTo))
  // changes are few: look at them, not at everybody who shares a room
  const changedAnywhere = await deviceListChangesSince(db, since, upTo)
  if (changedAnywhere.includes(userId)) changed.add(userId)
  for (const sharing of await sharingAmong(db, userId, changedAnywhere)) changed.add(sharing)

  const moves = await membershipMoves(db, userId, since, upTo)
  for (const joined of await newlySharing(db, userId, moves)) changed.add(joined)
  const gone = await perhapsGone(db, userId, moves)
  const stillSharing = await sharingAmong(db, userId, gone)
  return { changed: [...changed], left: gone.filter((other) => other !== userId && !stillSharing.has(other)) }
}

/** Those of the users who are joined to a room that the user is joined to. */
async function sharingAmong(db: Reads<HomeserverSchema>, userId: UserId, among: readonly UserId[]): Promise<Set<UserId>> {
  const sharing = new Set<UserId>()
  for (const chunk of chunksOf(among)) {
    const rows = await db
      .selectFrom('memberships as own')
      .innerJoin('memberships as other', 'other.room_id', 'own.room_id')
      .select('other.user_id')
      .distinct()
      .where('own.user_id', '=', userId)
      .where('own.membership', '=', 'join')
      .where('other.user_id', 'in', chunk)
      .where('other.membership', '=', 'join')
      .execute()
    for (const { user_id } of rows) sharing.add(user_id as UserId)
  }
  return sharing
}

async function newlySharing(db: Reads<HomeserverSchema>, userId: UserId, moves: readonly Move[]): Promise<Set<UserId>> {
  const found = new Set<UserId>()
  for (const { roomId, userId: moved, direction } of moves) {
    if (direction !== 'in') continue
    if (moved !== userId) found.add(moved)
    else for (const member of await joinedMembers(db, roomId)) found.add(member)
  }
  return found
}

async function perhapsGone(db: Reads<HomeserverSchema>, userId: UserId, moves: readonly Move[]): Promise<UserId[]> {
  const found = new Set<UserId>()
  for (const { roomId, userId: moved, direction } of moves) {
    if (direction !== 'out') continue
    found.add(moved)
    if (moved === userId) for (const member of await joinedMembers(db, roomId)) found.add(member)
  }
  return [...found]
}

async function joinedMembers(db: Reads<HomeserverSchema>, roomId: RoomId): Promise<UserId[]> {
  const rows = await db.selectFrom('memberships').select('user_id').where('room_id', '=', roomId).where('membership', '=', 'join').execute()
  return rows.map(({ user_id }) => user_id as UserId)
}
