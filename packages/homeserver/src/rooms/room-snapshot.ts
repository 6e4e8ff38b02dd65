import type { Reads } from '@glia/database'
import type { HomeserverSchema } from '../schema.ts'
import { findRoomBlocker } from './block-room.ts'
import { findRoom } from './room-queries.ts'

/** What the audit log tells of a room before and after a change; a room that is not here can still be blocked. */
export async function roomSnapshot(
  reads: Reads<HomeserverSchema>,
  roomId: string,
  nowMs: number,
): Promise<Record<string, unknown> | undefined> {
  const room = await findRoom(reads, roomId)
  const blockedBy = await findRoomBlocker(reads, roomId, nowMs)
  if (!room && blockedBy === undefined) return undefined
  return {
    blocked_by: blockedBy ?? null,
    ...(room && {
      name: room.name,
      canonical_alias: room.canonical_alias,
      public: room.published === 1,
      join_rules: room.join_rules,
      joined_members: room.joined_members,
      joined_local_members: room.joined_local_members,
    }),
  }
}
