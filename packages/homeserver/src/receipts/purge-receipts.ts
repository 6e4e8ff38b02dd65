import type { Transaction } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

/** Deletes up to `limit` receipts of a room. Call it again, in a new transaction, until it is done. */
export async function purgeReceipts(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  limit: number,
): Promise<{ deleted: number; isDone: boolean }> {
  const { numAffectedRows } = await sql`
    DELETE FROM receipts WHERE (room_id, user_id, receipt_type, thread_id) IN
      (SELECT room_id, user_id, receipt_type, thread_id FROM receipts WHERE room_id = ${roomId} LIMIT ${limit})`.execute(tx.db)
  const deleted = Number(numAffectedRows ?? 0)
  return { deleted, isDone: deleted < limit }
}
