import { hash } from 'node:crypto'
import type { Pdu, UnsignedPdu } from './events.ts'
import type { EventId, RoomId } from './ids.ts'
import { canonicalJson } from './json.ts'
import { redactPdu } from './redaction.ts'
import type { RoomVersion } from './room-versions.ts'

/** An event with or without hashes and signatures. */
type AnyPdu = UnsignedPdu & Partial<Pick<Pdu, 'hashes' | 'signatures'>>

/**
 * SHA-256 over the event without `unsigned`, `signatures` and `hashes`, in unpadded standard base64: the value of `hashes.sha256`.
 * Source: Server-Server API, "Calculating the content hash for an event".
 */
export function contentHash(pdu: AnyPdu): string {
  const { unsigned: _unsigned, signatures: _signatures, hashes: _hashes, ...hashed } = pdu
  return unpadded(hash('sha256', canonicalJson(hashed), 'base64'))
}

/** Whether `hashes.sha256` fits the event. If not, only the redacted event may be used. */
export function verifyContentHash(pdu: Pdu): boolean {
  return pdu.hashes?.sha256 === contentHash(pdu)
}

/**
 * The bytes that the reference hash is made over and that servers sign: the redacted event without `signatures` and `unsigned`,
 * as canonical JSON. `hashes` must be filled in before.
 */
export function signableText(pdu: AnyPdu, version: RoomVersion): string {
  const { signatures: _signatures, ...signed } = redactPdu(pdu, version) as AnyPdu
  return canonicalJson(signed)
}

/**
 * SHA-256 over {@link signableText} in URL-safe unpadded base64.
 * Source: Server-Server API, "Calculating the reference hash for an event"; room version 4 for the alphabet.
 */
export function referenceHash(pdu: AnyPdu, version: RoomVersion): string {
  return hash('sha256', signableText(pdu, version), 'base64url')
}

/** `$` and the reference hash. */
export function eventIdOf(pdu: AnyPdu, version: RoomVersion): EventId {
  return `$${referenceHash(pdu, version)}` as EventId
}

/** The id of the room that this create event opens: its `room_id`, or from version 12 on `!` and its reference hash. */
export function roomIdOfCreate(pdu: AnyPdu, version: RoomVersion): RoomId {
  if (version.roomIdIsCreateHash) return `!${referenceHash(pdu, version)}` as RoomId
  if (pdu.room_id === undefined) throw new TypeError(`A create event of room version ${version.id} needs a room_id`)
  return pdu.room_id
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '')
}
