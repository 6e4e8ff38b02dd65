import type { Reads } from '@glia/database'
import type { AuthEvent, EventId, Pdu, RoomId, StateTuple, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** Entries of the current state with what rules look at. One short statement: it runs for every message. */
export async function loadStateEvents(db: Reads<HomeserverSchema>, roomId: RoomId, tuples: readonly StateTuple[]): Promise<AuthEvent[]> {
  const rows = await db
    .selectFrom('current_state')
    .innerJoin('events', 'events.event_id', 'current_state.event_id')
    .select(['current_state.event_id', 'current_state.type', 'current_state.state_key', 'events.sender', 'events.json'])
    .where('current_state.room_id', '=', roomId)
    .where((eb) =>
      eb.or(tuples.map(([type, key]) => eb.and([eb('current_state.type', '=', type), eb('current_state.state_key', '=', key)]))),
    )
    .execute()
  return rows.map((row) => ({
    eventId: row.event_id as EventId,
    type: row.type,
    stateKey: row.state_key,
    sender: row.sender as UserId,
    content: (JSON.parse(row.json) as Pdu).content,
  }))
}
