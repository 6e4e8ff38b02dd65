import { MatrixError } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

export interface ForwardExtremity {
  readonly eventId: string
  readonly stateGroup: number
  readonly depth: number
  readonly receivedAtMs: number
}

/** The events that no other follows yet, newest first; none for rooms that are not known. */
export async function listForwardExtremities(reads: Reads<HomeserverSchema>, roomId: RoomId): Promise<ForwardExtremity[]> {
  const rows = await reads
    .selectFrom('forward_extremities')
    .innerJoin('events', 'events.event_id', 'forward_extremities.event_id')
    .select(['events.event_id', 'events.state_after', 'events.depth', 'events.received_at_ms'])
    .where('forward_extremities.room_id', '=', roomId)
    .orderBy('events.position', 'desc')
    .execute()
  return rows.map((row) => ({
    eventId: row.event_id,
    stateGroup: row.state_after,
    depth: row.depth,
    receivedAtMs: row.received_at_ms,
  }))
}

/**
 * Forgets all but the newest (Synapse Admin API, "Delete for forward extremities").
 * @param tx holds the room's lock
 * @returns how many were forgotten
 * @throws MatrixError M_UNKNOWN: the room has none, so it is not known
 */
export async function deleteForwardExtremities(tx: Transaction<HomeserverSchema>, roomId: RoomId): Promise<number> {
  const [newest, ...others] = await listForwardExtremities(tx.db, roomId)
  if (!newest) throw new MatrixError('M_UNKNOWN', `There are no forward extremities in room ${roomId}`)
  await tx.db.deleteFrom('forward_extremities').where('room_id', '=', roomId).where('event_id', '!=', newest.eventId).execute()
  return others.length
}
