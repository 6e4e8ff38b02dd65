import { MatrixError } from '@glia/contract'
import { isJsonObject, type JsonObject, type UserId, verifyJsonSignature } from '@glia/protocol'
import { keyJson } from './key-json.ts'

export const crossSigningUsages = ['master', 'self_signing', 'user_signing'] as const
export type CrossSigningUsage = (typeof crossSigningUsages)[number]

export interface CrossSigningKey {
  usage: CrossSigningUsage
  /** Unpadded base64, as in the key's id. */
  publicKey: string
  object: JsonObject
  json: string
}

/**
 * Reads a cross-signing key: `{user_id, usage, keys: {"ed25519:PUB": "PUB"}}`, exactly one key.
 * @throws MatrixError M_INVALID_PARAM
 */
export function readCrossSigningKey(userId: UserId, usage: CrossSigningUsage, object: JsonObject): CrossSigningKey {
  const refusal = new MatrixError('M_INVALID_PARAM', `Invalid ${usage.replace('_', '-')} key`)
  const { usage: usages, keys } = object
  if (object.user_id !== userId || !Array.isArray(usages) || !usages.includes(usage) || !isJsonObject(keys)) throw refusal
  const [entry, ...others] = Object.entries(keys)
  if (!entry || others.length > 0) throw refusal
  const [keyId, publicKey] = entry
  if (typeof publicKey !== 'string' || keyId !== `ed25519:${publicKey}` || !isPublicKey(publicKey)) throw refusal
  const { unsigned: _unsigned, ...kept } = object
  return { usage, publicKey, object: kept, json: keyJson(kept) }
}

function isPublicKey(text: string): boolean {
  return /^[A-Za-z0-9+/_-]{43}$/.test(text)
}

/** @throws MatrixError M_INVALID_SIGNATURE unless the master key signed it */
export function checkSignedByMaster(userId: UserId, key: CrossSigningKey, masterPublicKey: string): void {
  if (!verifyJsonSignature(key.object, userId, `ed25519:${masterPublicKey}`, masterPublicKey)) {
    throw new MatrixError('M_INVALID_SIGNATURE', `The ${key.usage.replace('_', '-')} key is not signed by the master key`)
  }
}
