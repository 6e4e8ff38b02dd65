import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/**
 * Keeps local users from joining, being invited to or knocking at a room, known here or not (Synapse Admin API, "Block Room API").
 * Blocking again keeps the first blocker.
 */
export async function blockRoom(tx: Transaction<HomeserverSchema>, roomId: string, by: UserId, nowMs: number): Promise<void> {
  await tx.db
    .insertInto('blocked_rooms')
    .values({ room_id: roomId, blocked_by: by, blocked_at_ms: nowMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function unblockRoom(tx: Transaction<HomeserverSchema>, roomId: string): Promise<void> {
  await tx.db.deleteFrom('blocked_rooms').where('room_id', '=', roomId).execute()
}

/** @returns who blocked the room; undefined when it is not blocked */
export async function findRoomBlocker(reads: Reads<HomeserverSchema>, roomId: string): Promise<UserId | undefined> {
  const row = await reads.selectFrom('blocked_rooms').select('blocked_by').where('room_id', '=', roomId).executeTakeFirst()
  return row?.blocked_by as UserId | undefined
}
