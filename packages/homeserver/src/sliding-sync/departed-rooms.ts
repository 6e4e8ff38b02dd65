import type { Reads } from '@glia/database'
import { eventTypes, type JsonObject, toClientEvent } from '@glia/protocol'
import { arrivalToken } from '../history/index.ts'
import { readDepartures } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { isLazy, isRequired } from './required-state.ts'
import type { SlidingLook } from './sliding-look.ts'
import type { Windows } from './windows.ts'

/** Rooms that an admin deleted and that the client was told of: of the room there may be nothing left but the user's own last event. */
export async function tellDepartedRooms(
  db: Reads<HomeserverSchema>,
  look: SlidingLook,
  windows: Windows,
): Promise<Record<string, JsonObject>> {
  const { since, now, userId, draft } = look
  const gone = [...draft.rooms.keys()].filter((roomId) => !windows.rooms.has(roomId))
  if (since === undefined || gone.length === 0) return {}
  const wire: Record<string, JsonObject> = {}
  for (const { roomId, position, eventId, pdu } of await readDepartures(db, userId, { after: since, upTo: now })) {
    const memory = draft.rooms.get(roomId)
    if (!memory || windows.rooms.has(roomId)) continue
    const age = Math.max(0, look.nowMs - pdu.origin_server_ts)
    const event = toClientEvent(pdu, eventId, { unsigned: { age } }) as unknown as JsonObject
    const required = draft.requiredState(memory.requiredState)
    const isWanted = isLazy(required) || isRequired(required, eventTypes.member, userId, userId)
    wire[roomId] = {
      bump_stamp: position,
      notification_count: 0,
      highlight_count: 0,
      ...(isWanted ? { required_state: [event] } : {}),
      timeline: [event],
      limited: false,
      prev_batch: arrivalToken(position),
      num_live: 1,
    }
  }
  return wire
}
