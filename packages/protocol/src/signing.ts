import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { signableText } from './event-hash.ts'
import type { Pdu, Signatures, UnsignedPdu } from './events.ts'
import type { ServerName } from './ids.ts'
import { canonicalJson, isJsonObject, type JsonObject } from './json.ts'
import type { RoomVersion } from './room-versions.ts'

/** An ed25519 key that signs for a server. */
export interface SigningKey {
  /** `ed25519:` and a version. */
  readonly keyId: string
  readonly privateKey: KeyObject
  /** Unpadded base64 of the 32 bytes. */
  readonly publicKeyBase64: string
}

/** The text is not a signing key. */
export class SigningKeyError extends Error {
  override name = 'SigningKeyError'
}

// RFC 8410 §7: what comes before the 32 bytes of the seed in PKCS #8.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Makes a key of its version (`a_AbCd`) and 32-byte seed. */
export function makeSigningKey(version: string, seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new SigningKeyError('An ed25519 seed has 32 bytes')
  if (!/^[A-Za-z0-9_]+$/.test(version)) throw new SigningKeyError(`"${version}" is not a key version`)
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x!
  return { keyId: `ed25519:${version}`, privateKey, publicKeyBase64: toStandardAlphabet(publicKey) }
}

/**
 * Reads the first key of a `signing.key` file as Synapse writes it: `ed25519 a_AbCd base64seed`.
 * @throws SigningKeyError
 */
export function parseSigningKey(text: string): SigningKey {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '' && !candidate.trim().startsWith('#')) ?? ''
  const [algorithm, version, seed, ...rest] = line.trim().split(/\s+/)
  if (algorithm !== 'ed25519' || version === undefined || seed === undefined || rest.length > 0) {
    throw new SigningKeyError('A signing key is "ed25519", a version and a base64 seed, separated by spaces')
  }
  return makeSigningKey(version, Buffer.from(seed, 'base64'))
}

/** The line that {@link parseSigningKey} reads, without a line break. */
export function formatSigningKey(key: SigningKey): string {
  const seed = key.privateKey.export({ format: 'jwk' }).d!
  return `ed25519 ${key.keyId.slice('ed25519:'.length)} ${toStandardAlphabet(seed)}`
}

/** Signs bytes or UTF-8 text; unpadded standard base64. */
export function signText(text: string | Uint8Array, key: SigningKey): string {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text
  return sign(null, bytes, key.privateKey).toString('base64').replace(/=+$/, '')
}

/** Checks a signature in base64 of either alphabet, padded or not. False for malformed keys and signatures too. */
export function verifyText(text: string | Uint8Array, signatureBase64: string, publicKeyBase64: string): boolean {
  const x = Buffer.from(publicKeyBase64, 'base64')
  const signature = Buffer.from(signatureBase64, 'base64')
  if (x.length !== 32 || signature.length !== 64) return false
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') }, format: 'jwk' })
    return verify(null, typeof text === 'string' ? Buffer.from(text, 'utf8') : text, publicKey, signature)
  } catch {
    return false
  }
}

/** Adds a server's signature to an event whose `hashes` are filled in. Earlier signatures stay. */
export function signPdu<Event extends UnsignedPdu>(
  pdu: Event,
  version: RoomVersion,
  serverName: ServerName,
  key: SigningKey,
): Event & { signatures: Signatures } {
  return { ...pdu, signatures: withSignature(pdu, serverName, key.keyId, signText(signableText(pdu, version), key)) }
}

/** Whether the event carries a good signature of that server and key. */
export function verifyPduSignature(
  pdu: Pdu,
  version: RoomVersion,
  serverName: ServerName,
  keyId: string,
  publicKeyBase64: string,
): boolean {
  const signature = signatureOf(pdu, serverName, keyId)
  return signature !== undefined && verifyText(signableText(pdu, version), signature, publicKeyBase64)
}

/**
 * Adds a signature to any JSON object; `signatures` and `unsigned` are not part of what is signed and stay.
 * Source: Matrix specification, Appendices, "Signing JSON".
 */
export function signJson<T extends object>(object: T, signer: string, key: SigningKey): T & { signatures: Signatures } {
  return { ...object, signatures: withSignature(object, signer, key.keyId, signText(signableJson(object), key)) }
}

/** Whether the object carries a good signature of that signer (server name or user id) and key. False as well when it has no canonical form. */
export function verifyJsonSignature(object: JsonObject, signer: string, keyId: string, publicKeyBase64: string): boolean {
  const signature = signatureOf(object, signer, keyId)
  if (signature === undefined) return false
  try {
    return verifyText(signableJson(object), signature, publicKeyBase64)
  } catch {
    return false
  }
}

function signableJson(object: object): string {
  const { signatures: _signatures, unsigned: _unsigned, ...signed } = object as JsonObject
  return canonicalJson(signed)
}

function withSignature(object: object, signer: string, keyId: string, signature: string): Signatures {
  const signatures = { ...(object as { signatures?: Signatures }).signatures }
  signatures[signer] = { ...signatures[signer], [keyId]: signature }
  return signatures
}

function signatureOf(object: object, signer: string, keyId: string): string | undefined {
  const { signatures } = object as JsonObject
  if (!isJsonObject(signatures) || !Object.hasOwn(signatures, signer)) return undefined
  const bySigner = signatures[signer]
  if (!isJsonObject(bySigner) || !Object.hasOwn(bySigner, keyId)) return undefined
  const signature = bySigner[keyId]
  return typeof signature === 'string' ? signature : undefined
}

function toStandardAlphabet(base64url: string): string {
  return base64url.replaceAll('-', '+').replaceAll('_', '/')
}
