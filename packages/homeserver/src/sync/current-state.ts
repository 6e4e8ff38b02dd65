import type { Reads } from '@glia/database'
import { type EventId, eventTypes, type RoomId, stateMapKey } from '@glia/protocol'
import { type SqlBool, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { StateMap } from '../timeline/index.ts'

const ROOMS_AT_ONCE = 200
const MEMBERS_AT_ONCE = 400

/** The current state of many rooms, with or without the member events. */
export async function currentStateOfRooms(
  db: Reads<HomeserverSchema>,
  roomIds: readonly RoomId[],
  options: { withMembers: boolean },
): Promise<Map<RoomId, StateMap>> {
  const states = new Map<RoomId, StateMap>()
  for (let from = 0; from < roomIds.length; from += ROOMS_AT_ONCE) {
    const part = db
      .selectFrom('current_state')
      .select(['room_id', 'type', 'state_key', 'event_id'])
      .where('room_id', 'in', roomIds.slice(from, from + ROOMS_AT_ONCE))
    // two ranges of the key instead of `<>`, which would walk over all members
    const query = options.withMembers
      ? part
      : part.where('type', '<', eventTypes.member).unionAll(part.where('type', '>', eventTypes.member))
    for (const { room_id, type, state_key, event_id } of await query.execute()) {
      const state = states.get(room_id as RoomId) ?? new Map<string, EventId>()
      states.set(room_id as RoomId, state)
      state.set(stateMapKey(type, state_key), event_id as EventId)
    }
  }
  return states
}

export interface RoomMember {
  readonly roomId: RoomId
  readonly userId: string
}

/** The current member events of these users in these rooms. */
export async function currentMembers(
  db: Reads<HomeserverSchema>,
  members: readonly RoomMember[],
): Promise<Map<RoomId, { userId: string; eventId: EventId }[]>> {
  const found = new Map<RoomId, { userId: string; eventId: EventId }[]>()
  for (let from = 0; from < members.length; from += MEMBERS_AT_ONCE) {
    const values = members.slice(from, from + MEMBERS_AT_ONCE).map(({ roomId, userId }) => sql`(${roomId}, ${userId})`)
    const rows = await db
      .selectFrom('current_state')
      .select(['room_id', 'state_key', 'event_id'])
      .where('type', '=', eventTypes.member)
      .where(sql<SqlBool>`(room_id, state_key) IN (VALUES ${sql.join(values)})`)
      .execute()
    for (const { room_id, state_key, event_id } of rows) {
      const list = found.get(room_id as RoomId) ?? []
      found.set(room_id as RoomId, list)
      list.push({ userId: state_key, eventId: event_id as EventId })
    }
  }
  return found
}
