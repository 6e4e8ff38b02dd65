import { describe, expect, it } from 'vitest'
import { buildPdu, EventTooLargeError } from './build-pdu.ts'
import { contentHash, eventIdOf, roomIdOfCreate, verifyContentHash } from './event-hash.ts'
import type { Pdu, UnsignedPdu } from './events.ts'
import type { EventId, RoomId, ServerName, UserId } from './ids.ts'
import { CanonicalJsonError, type JsonObject } from './json.ts'
import { roomVersion } from './room-versions.ts'
import {
  formatSigningKey,
  parseSigningKey,
  SigningKeyError,
  signJson,
  signPdu,
  verifyJsonSignature,
  verifyPduSignature,
} from './signing.ts'

// Specification, appendix "Cryptographic Test Vectors".
const seed = 'YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1'
const key = parseSigningKey(`ed25519 1 ${seed}`)
const domain = 'domain' as ServerName
const v6 = roomVersion('6')!
const v11 = roomVersion('11')!
const v12 = roomVersion('12')!

describe('signing keys', () => {
  it('reads and writes the form of a signing.key file', () => {
    expect(key.keyId).toBe('ed25519:1')
    expect(key.publicKeyBase64).toBe('XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI')
    // The specification's seed sets a bit after the last byte; written out it is 0.
    expect(formatSigningKey(parseSigningKey(`\n# comment\ned25519 a_AbCd ${seed}\n`))).toBe(`ed25519 a_AbCd ${seed.slice(0, -1)}0`)
  })

  it.each(['', 'rsa 1 AAAA', 'ed25519 1', 'ed25519 1 AAAA', `ed25519 a-b ${seed}`, `ed25519 1 ${seed} more`])('refuses %j', (text) => {
    expect(() => parseSigningKey(text)).toThrow(SigningKeyError)
  })
})

describe('signJson', () => {
  it.each([
    [{}, 'K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ'],
    [{ one: 1, two: 'Two' }, 'KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw'],
  ])('gives the signature of the specification for %j', (object, signature) => {
    const signed = signJson(object as JsonObject, 'domain', key)
    expect(signed).toEqual({ ...object, signatures: { domain: { 'ed25519:1': signature } } })
    expect(verifyJsonSignature(signed, 'domain', 'ed25519:1', key.publicKeyBase64)).toBe(true)
  })

  it('keeps earlier signatures and ignores unsigned', () => {
    const signed = signJson({ one: 1, unsigned: { age: 5 }, signatures: { other: { 'ed25519:x': 'sig' } } }, 'domain', key)
    expect(signed.signatures.other).toEqual({ 'ed25519:x': 'sig' })
    expect(verifyJsonSignature({ ...signed, unsigned: {} }, 'domain', 'ed25519:1', key.publicKeyBase64)).toBe(true)
    expect(verifyJsonSignature({ ...signed, one: 2 }, 'domain', 'ed25519:1', key.publicKeyBase64)).toBe(false)
    expect(verifyJsonSignature(signed, 'other', 'ed25519:x', key.publicKeyBase64)).toBe(false)
    expect(verifyJsonSignature(signed, 'constructor', 'name', key.publicKeyBase64)).toBe(false)
    expect(verifyJsonSignature(signed, 'domain', 'ed25519:1', 'not a key')).toBe(false)
  })
})

const minimal = {
  room_id: '!x:domain',
  sender: '@a:domain',
  origin: 'domain',
  origin_server_ts: 1000000,
  signatures: {},
  hashes: {},
  type: 'X',
  content: {},
  prev_events: [],
  auth_events: [],
  depth: 3,
  unsigned: { age_ts: 1000000 },
} as unknown as Pdu

const redactable = {
  content: { body: 'Here is the message content' },
  event_id: '$0:domain',
  hashes: {},
  origin: 'domain',
  origin_server_ts: 1000000,
  signatures: {},
  room_id: '!r:domain',
  sender: '@u:domain',
  type: 'm.room.message',
  unsigned: { age_ts: 1000000 },
} as unknown as Pdu

describe('signPdu', () => {
  it.each([
    [
      minimal,
      '5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos',
      'KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg',
    ],
    [
      redactable,
      'onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g',
      'Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA',
    ],
  ])('gives hash and signature of the specification', (event, sha256, signature) => {
    expect(contentHash(event)).toBe(sha256)
    const hashed = { ...event, hashes: { sha256 } }
    const signed = signPdu(hashed, v6, domain, key)
    expect(signed.signatures).toEqual({ domain: { 'ed25519:1': signature } })
    expect(verifyPduSignature(signed, v6, domain, 'ed25519:1', key.publicKeyBase64)).toBe(true)
    expect(verifyPduSignature({ ...signed, depth: 4 }, v6, domain, 'ed25519:1', key.publicKeyBase64)).toBe(false)
  })
})

const message: UnsignedPdu = {
  type: 'm.room.message',
  room_id: '!r:domain' as RoomId,
  sender: '@u:domain' as UserId,
  content: { msgtype: 'm.text', body: 'hé' },
  origin_server_ts: 1_700_000_000_000,
  depth: 7,
  prev_events: ['$prev' as EventId],
  auth_events: ['$auth' as EventId],
}

describe('roomIdOfCreate', () => {
  it('is the room id of the event before version 12', () => {
    expect(roomIdOfCreate({ ...message, type: 'm.room.create' }, v11)).toBe('!r:domain')
    const { room_id: _, ...without } = message
    expect(() => roomIdOfCreate(without, v11)).toThrow(TypeError)
  })
})

describe('buildPdu', () => {
  it('hashes, names and signs', () => {
    const { pdu, eventId, roomId, json } = buildPdu({ version: v11, fields: { ...message, unsigned: { a: 1 } }, serverName: domain, key })
    expect(verifyContentHash(pdu)).toBe(true)
    expect(verifyContentHash({ ...pdu, content: { body: 'other' } })).toBe(false)
    expect(eventId).toBe(eventIdOf(pdu, v11))
    expect(eventIdOf({ ...pdu, content: {}, signatures: {} }, v11)).toBe(eventId)
    expect(roomId).toBe(message.room_id)
    expect(verifyPduSignature(pdu, v11, domain, 'ed25519:1', key.publicKeyBase64)).toBe(true)
    const { unsigned: _, ...kept } = pdu
    expect(JSON.parse(json)).toEqual(kept)
  })

  it('names a version 12 room after its create event', () => {
    const { room_id: _, ...fields } = message
    const built = buildPdu({ version: v12, fields: { ...fields, type: 'm.room.create', state_key: '' }, serverName: domain, key })
    expect(built.roomId).toMatch(/^![\w-]{43}$/)
    expect(built.roomId.slice(1)).toBe(built.eventId.slice(1))
    expect(roomIdOfCreate(built.pdu, v12)).toBe(built.roomId)
  })

  it.each<Partial<UnsignedPdu>>([
    { content: { body: 'x'.repeat(65_536) } },
    { content: { body: 'é'.repeat(32_700) } },
    { type: 'x'.repeat(256) },
    { type: 'é'.repeat(128) },
    { state_key: 'x'.repeat(256) },
    { sender: `@${'x'.repeat(256)}:domain` as UserId },
  ])('refuses events that are too large', (over) => {
    expect(() => buildPdu({ version: v11, fields: { ...message, ...over }, serverName: domain, key })).toThrow(EventTooLargeError)
  })

  it('accepts an event just below the limit', () => {
    const { json } = buildPdu({ version: v11, fields: { ...message, content: { body: '' } }, serverName: domain, key })
    const body = 'x'.repeat(65_536 - json.length)
    expect(buildPdu({ version: v11, fields: { ...message, content: { body } }, serverName: domain, key }).json).toHaveLength(65_536)
    expect(() => buildPdu({ version: v11, fields: { ...message, content: { body: `${body}x` } }, serverName: domain, key })).toThrow(
      EventTooLargeError,
    )
  })

  it('refuses numbers that are not integers', () => {
    expect(() => buildPdu({ version: v11, fields: { ...message, content: { n: 1.5 } }, serverName: domain, key })).toThrow(
      CanonicalJsonError,
    )
  })
})
