import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { type PublicRoom, publicRoomOf, resolveRoomId } from '../directory/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findKnownRoom, type KnownRoom } from './room-access.ts'

/** Wire names. */
export type RoomSummary = PublicRoom & {
  join_rule: string
  room_version: string
  encryption?: string
  allowed_room_ids?: string[]
}

export function summaryOf({ row, allowedRoomIds }: KnownRoom): RoomSummary {
  return {
    ...publicRoomOf(row),
    // a room without join rules takes those who are invited
    join_rule: row.join_rules ?? 'invite',
    room_version: row.version,
    ...(row.encryption === null ? {} : { encryption: row.encryption }),
    ...(allowedRoomIds.length > 0 ? { allowed_room_ids: [...allowedRoomIds] } : {}),
  }
}

/**
 * What a room is, and the membership of who asks.
 * @param identifier room id or alias @param userId undefined: somebody without an account
 * @throws MatrixError M_NOT_FOUND: unknown, or not for this user to know; M_UNKNOWN: neither id nor alias
 */
export async function readRoomSummary(
  reads: Reads<HomeserverSchema>,
  identifier: string,
  userId: UserId | undefined,
): Promise<RoomSummary & { membership?: string }> {
  const roomId = await resolveRoomId(reads, identifier)
  const room = await findKnownRoom(reads, roomId, userId ?? 'everybody')
  if (!room?.isAccessible) throw new MatrixError('M_NOT_FOUND', 'Room not found or is not accessible')
  return { ...summaryOf(room), ...(userId === undefined ? {} : { membership: room.membership ?? 'leave' }) }
}
