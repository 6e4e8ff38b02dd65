import type { Transaction } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import { type RawBuilder, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

/** Selects the keys of a room's rows in a table. */
interface Part {
  readonly table: string
  readonly key: readonly string[]
  readonly ofRoom: (roomId: RoomId) => RawBuilder<unknown>
}

const byRoom = (roomId: RoomId) => sql`room_id = ${roomId}`

/** In an order in which every step still finds its rows after a stop: what is found through another table goes before it. */
const PARTS: readonly Part[] = [
  {
    table: 'event_transactions',
    key: ['user_id', 'session_id', 'scope', 'transaction_id'],
    ofRoom: (roomId) => sql`event_id IN (SELECT event_id FROM events WHERE room_id = ${roomId})`,
  },
  {
    table: 'state_group_entries',
    key: ['group_id', 'type', 'state_key'],
    ofRoom: (roomId) => sql`group_id IN (SELECT id FROM state_groups WHERE room_id = ${roomId})`,
  },
  { table: 'state_groups', key: ['id'], ofRoom: byRoom },
  { table: 'state_changes', key: ['room_id', 'position', 'type', 'state_key'], ofRoom: byRoom },
  { table: 'current_state', key: ['room_id', 'type', 'state_key'], ofRoom: byRoom },
  { table: 'forward_extremities', key: ['room_id', 'event_id'], ofRoom: byRoom },
  { table: 'memberships', key: ['room_id', 'user_id'], ofRoom: byRoom },
  { table: 'events', key: ['event_id'], ofRoom: byRoom },
  { table: 'room_aliases', key: ['alias'], ofRoom: byRoom },
  { table: 'rooms', key: ['room_id'], ofRoom: byRoom },
]

/**
 * Deletes up to `limit` of the room's rows: events, state, memberships, aliases and the room itself, but not its block. Call it again, in a
 * new transaction, until it is done. Nobody may write to the room any more (block it, and let everybody leave, before).
 */
export async function purgeRoom(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  limit: number,
): Promise<{ deleted: number; isDone: boolean }> {
  let left = limit
  for (const { table, key, ofRoom } of PARTS) {
    const columns = sql.join(key.map((name) => sql.ref(name)))
    const keys = key.length === 1 ? columns : sql`(${columns})`
    const { numAffectedRows } = await sql`
      DELETE FROM ${sql.table(table)} WHERE ${keys} IN (SELECT ${columns} FROM ${sql.table(table)} WHERE ${ofRoom(roomId)} LIMIT ${left})`.execute(
      tx.db,
    )
    left -= Number(numAffectedRows ?? 0)
    if (left <= 0) return { deleted: limit, isDone: false }
  }
  return { deleted: limit - left, isDone: true }
}
