import { hash } from 'node:crypto'
import { contentHash, signableText } from './event-hash.ts'
import { maxPduBytes, type Pdu, type UnsignedPdu } from './events.ts'
import { type EventId, fitsIdLimit, type RoomId, type ServerName } from './ids.ts'
import { canonicalJson } from './json.ts'
import type { RoomVersion } from './room-versions.ts'
import { type SigningKey, signText } from './signing.ts'

/** The event, or one of its ids, is longer than Matrix allows (413 `M_TOO_LARGE`). */
export class EventTooLargeError extends Error {
  override name = 'EventTooLargeError'
}

export interface BuiltPdu {
  pdu: Pdu
  eventId: EventId
  roomId: RoomId
  /** Canonical JSON of `pdu`, without `unsigned`: the text to keep and to send to other servers. */
  json: string
}

/**
 * Makes an event ready to be sent: content hash, event id, signature, in this order, and size limits.
 * @throws EventTooLargeError; CanonicalJsonError for numbers that are not integers and other values without canonical form.
 */
export function buildPdu(input: { version: RoomVersion; fields: UnsignedPdu; serverName: ServerName; key: SigningKey }): BuiltPdu {
  const { version, fields, serverName, key } = input
  checkIdLengths(fields)
  const hashed = { ...fields, hashes: { sha256: contentHash(fields) } }
  // One text serves the reference hash and the signature.
  const signable = signableText(hashed, version)
  const reference = hash('sha256', signable, 'base64url')
  const pdu: Pdu = { ...hashed, signatures: { [serverName]: { [key.keyId]: signText(signable, key) } } }
  const { unsigned: _unsigned, ...kept } = pdu
  const json = canonicalJson(kept)
  checkSize(json)
  const roomId = pdu.room_id ?? (`!${reference}` as RoomId)
  return { pdu, eventId: `$${reference}` as EventId, roomId, json }
}

/** Throws EventTooLargeError when the event's canonical JSON is over 65,536 bytes. */
export function checkSize(json: string): void {
  if (json.length * 3 > maxPduBytes && Buffer.byteLength(json, 'utf8') > maxPduBytes) throw new EventTooLargeError('event too large')
}

/** Throws EventTooLargeError when type, state key, sender or room id is over 255 bytes. */
export function checkIdLengths(fields: Pick<UnsignedPdu, 'type' | 'state_key' | 'sender' | 'room_id'>): void {
  for (const name of ['sender', 'room_id', 'state_key', 'type'] as const) {
    const value = fields[name]
    if (value !== undefined && !fitsIdLimit(value)) throw new EventTooLargeError(`'${name}' too large`)
  }
}
