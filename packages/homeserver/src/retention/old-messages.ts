import type { Reads } from '@glia/database'
import type { JsonObject, RoomId } from '@glia/protocol'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

/** A page of rooms with what they say about retention, by id. */
export async function roomsWithRetention(
  reads: Reads<HomeserverSchema>,
  page: { after: string; limit: number; roomId?: string | undefined; onlyWithPolicy: boolean },
): Promise<{ roomId: RoomId; content: JsonObject | undefined }[]> {
  const { after, limit, roomId, onlyWithPolicy } = page
  const rows = await reads
    .selectFrom('rooms')
    .leftJoin('current_state', (join) =>
      join
        .onRef('current_state.room_id', '=', 'rooms.room_id')
        .on('current_state.type', '=', 'm.room.retention')
        .on('current_state.state_key', '=', ''),
    )
    .leftJoin('events', 'events.event_id', 'current_state.event_id')
    .select(['rooms.room_id', 'events.json'])
    .where('rooms.room_id', '>', after)
    .$if(roomId !== undefined, (select) => select.where('rooms.room_id', '=', roomId!))
    .$if(onlyWithPolicy, (select) => select.where('current_state.event_id', 'is not', null))
    .orderBy('rooms.room_id')
    .limit(limit)
    .execute()
  return rows.map(({ room_id, json }) => ({
    roomId: room_id as RoomId,
    content: json === null ? undefined : (JSON.parse(json) as { content: JsonObject }).content,
  }))
}

/**
 * Up to which depth the messages of a room go that arrived before a position.
 * @returns undefined: there is no message to delete; the newest events of a room stay
 */
export async function depthToPurge(reads: Reads<HomeserverSchema>, roomId: RoomId, position: number): Promise<number | undefined> {
  const row = await oldMessages(reads, roomId, position).select('depth').orderBy('events.position', 'desc').limit(1).executeTakeFirst()
  return row && row.depth + 1
}

export async function sumOldMessages(
  reads: Reads<HomeserverSchema>,
  roomId: RoomId,
  position: number,
): Promise<{ events: number; bytes: number }> {
  const { events, bytes } = await oldMessages(reads, roomId, position)
    .select((event) => [event.fn.countAll<number>().as('events'), sql<number | null>`SUM(octet_length(events.json))`.as('bytes')])
    .executeTakeFirstOrThrow()
  return { events: Number(events), bytes: Number(bytes ?? 0) }
}

function oldMessages(reads: Reads<HomeserverSchema>, roomId: RoomId, position: number) {
  return reads
    .selectFrom('events')
    .where('events.room_id', '=', roomId)
    .where('events.position', '<', position)
    .where('events.state_key', 'is', null)
    .where((event) =>
      event.not(
        event.exists(
          event
            .selectFrom('forward_extremities')
            .select('forward_extremities.event_id')
            .whereRef('forward_extremities.event_id', '=', 'events.event_id'),
        ),
      ),
    )
}
