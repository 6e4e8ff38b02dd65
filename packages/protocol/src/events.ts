import type { EventId, RoomId, UserId } from './ids.ts'
import type { JsonObject } from './json.ts'

/** `signatures[server name or user id][key id]`, unpadded base64. */
export type Signatures = { [signer: string]: { [keyId: string]: string } }

/** What an event says, before hashes and signatures. Wire names (Server-Server API, "PDUs"). */
export type UnsignedPdu = {
  type: string
  /** Absent only on the create event of room version 12 and later. */
  room_id?: RoomId
  sender: UserId
  /** Present (perhaps empty) exactly on state events. */
  state_key?: string
  content: JsonObject
  /** Milliseconds since 1970, by the sender's clock. */
  origin_server_ts: number
  depth: number
  prev_events: EventId[]
  auth_events: EventId[]
  /** The redacted event; from version 11 on this is in `content` instead. */
  redacts?: EventId
  unsigned?: JsonObject
}

/** A whole event in the form that servers hash, sign and exchange, room version 3 and later: it does not hold its own id. */
export type Pdu = UnsignedPdu & {
  hashes: { sha256: string }
  signatures: Signatures
}

/** A state event as rules look at it. */
export type AuthEvent = {
  eventId: EventId
  type: string
  stateKey: string
  sender: UserId
  content: JsonObject
}

/** `[type, stateKey]` */
export type StateTuple = readonly [type: string, stateKey: string]

/** The longest event, as canonical JSON with signatures, in bytes. */
export const maxPduBytes = 65_536

/** `prev_events` and `auth_events` may name this many. */
export const maxPrevEvents = 20
export const maxAuthEvents = 10

/** The largest depth; deeper events stay at it. */
export const maxDepth = Number.MAX_SAFE_INTEGER

/** One string for `(type, stateKey)`, for use as a map key. */
export function stateMapKey(type: string, stateKey: string): string {
  return `${type}\0${stateKey}`
}

/** Undoes {@link stateMapKey}. */
export function splitStateMapKey(key: string): StateTuple {
  const separator = key.indexOf('\0')
  return [key.slice(0, separator), key.slice(separator + 1)]
}
