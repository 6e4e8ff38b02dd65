import type { Reads } from '@glia/database'
import { isRoomAllowed, type JsonObject, type RoomId, toClientEvent } from '@glia/protocol'
import { arrivalToken } from '../history/index.ts'
import { readDepartures } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SyncLook } from './sync-request.ts'

/**
 * `rooms.leave` for rooms that an admin deleted: of the room there may be nothing left, so only the user's own last event is told.
 * @param ownRooms rooms that the user has to do with still, which are told as they are
 */
export async function buildDepartedRooms(db: Reads<HomeserverSchema>, look: SyncLook, ownRooms: ReadonlySet<RoomId>): Promise<JsonObject> {
  const { since, now, userId, nowMs, filter } = look
  if (since === undefined) return {}
  const departures = await readDepartures(db, userId, { after: since.position, upTo: now })
  const told = departures.filter(({ roomId }) => !ownRooms.has(roomId) && isRoomAllowed(filter.room, roomId))
  return Object.fromEntries(
    told.map(({ roomId, position, eventId, pdu }) => {
      const event = toClientEvent(pdu, eventId, { unsigned: { age: Math.max(0, nowMs - pdu.origin_server_ts) } }) as unknown as JsonObject
      return [
        roomId,
        {
          timeline: { events: [event], limited: false, prev_batch: arrivalToken(position) },
          // clients that get the state after the timeline take none from the timeline
          ...(look.stateAfterKey === undefined ? { state: { events: [] } } : { [look.stateAfterKey]: { events: [event] } }),
          account_data: { events: [] },
        },
      ]
    }),
  )
}
