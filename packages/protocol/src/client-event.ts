import { eventTypes } from './event-types.ts'
import type { Pdu, UnsignedPdu } from './events.ts'
import type { EventId, RoomId, UserId } from './ids.ts'
import type { JsonObject } from './json.ts'

/** An event as clients see it (Client-Server API, "Room event format"). Wire names. */
export type ClientEvent = {
  type: string
  event_id: EventId
  /** Left out inside `/sync`. */
  room_id?: RoomId
  sender: UserId
  content: JsonObject
  origin_server_ts: number
  state_key?: string
  redacts?: EventId
  unsigned?: JsonObject
}

/**
 * Turns an event into the client format: without `depth`, `hashes`, `signatures`, `auth_events`, `prev_events`; with `redacts` at the top level
 * and in `content`, whichever of the two the room version stores.
 * @param options.roomId leave out for `/sync`. @param options.unsigned what to serve as `unsigned`; the event's own is never copied.
 */
export function toClientEvent(
  pdu: UnsignedPdu | Pdu,
  eventId: EventId,
  options: { roomId?: RoomId | undefined; unsigned?: JsonObject | undefined } = {},
): ClientEvent {
  const event: ClientEvent = {
    type: pdu.type,
    event_id: eventId,
    sender: pdu.sender,
    content: pdu.content,
    origin_server_ts: pdu.origin_server_ts,
  }
  if (options.roomId !== undefined) event.room_id = options.roomId
  if (pdu.state_key !== undefined) event.state_key = pdu.state_key
  if (pdu.type === eventTypes.redaction) copyRedacts(pdu, event)
  if (options.unsigned !== undefined) event.unsigned = options.unsigned
  return event
}

/** The event that a redaction names, wherever the room version stores it. */
export function redactsOf(pdu: Pick<UnsignedPdu, 'type' | 'content' | 'redacts'>): EventId | undefined {
  if (pdu.type !== eventTypes.redaction) return undefined
  const redacts = pdu.redacts ?? pdu.content.redacts
  return typeof redacts === 'string' ? (redacts as EventId) : undefined
}

function copyRedacts(pdu: UnsignedPdu, event: ClientEvent): void {
  const redacts = redactsOf(pdu)
  if (redacts === undefined) return
  event.redacts = redacts
  event.content = { ...pdu.content, redacts }
}
