import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import { isJsonObject, isUserId, type JsonObject, type UserId, verifyJsonSignature } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { isStorableText } from '../storable-text.ts'
import { findCrossSigningKeys } from './cross-signing.ts'
import type { CrossSigningKey, CrossSigningUsage } from './cross-signing-key.ts'
import { signaturesBy, signedPart } from './key-json.ts'

export interface SignatureUploadResult {
  /** User → device id or public key → why its signatures were not taken. */
  failures: Map<string, Map<string, MatrixError>>
  /** Keys of the signer got signatures. */
  ownChanged: boolean
  /** Other users whose master keys the signer signed. */
  signedUsers: UserId[]
}

/** A public key that may sign a target: key id → public key. */
type SigningKeys = Map<string, string>

/**
 * Adds signatures that a user made: on own devices (by the self-signing key), on the own master key (by devices), on other users' master
 * keys (by the user-signing key). What cannot be taken is told for each key; the rest is stored.
 * @param upload user → device id or public key → the signed object
 */
export async function addSignatures(
  tx: Transaction<HomeserverSchema>,
  signer: UserId,
  upload: ReadonlyMap<string, JsonObject>,
): Promise<SignatureUploadResult> {
  const result: SignatureUploadResult = { failures: new Map(), ownChanged: false, signedUsers: [] }
  const signerKeys = await findCrossSigningKeys(tx.db, signer)
  for (const [targetUser, targets] of upload) {
    for (const [targetId, object] of Object.entries(targets)) {
      try {
        const added = await addToOne(tx, { signer, signerKeys, targetUser, targetId, object })
        if (added && targetUser === signer) result.ownChanged = true
        else if (added) result.signedUsers.push(targetUser as UserId)
      } catch (error) {
        if (!(error instanceof MatrixError)) throw error
        const failures = result.failures.get(targetUser) ?? new Map<string, MatrixError>()
        result.failures.set(targetUser, failures.set(targetId, error))
      }
    }
  }
  return result
}

async function addToOne(
  tx: Transaction<HomeserverSchema>,
  given: {
    signer: UserId
    signerKeys: Map<CrossSigningUsage, CrossSigningKey>
    targetUser: string
    targetId: string
    object: unknown
  },
): Promise<boolean> {
  const { signer, signerKeys, targetUser, targetId, object } = given
  if (!isJsonObject(object)) throw new MatrixError('M_INVALID_PARAM', 'Invalid parameter')
  if (!isUserId(targetUser) || !isStorableText(targetId)) throw new MatrixError('M_NOT_FOUND', 'No such key')
  const { json, signingKeys } =
    targetUser === signer ? await ownTarget(tx, signer, signerKeys, targetId) : await otherTarget(tx, signerKeys, targetUser, targetId)
  if (signedPart(JSON.parse(json) as JsonObject) !== signedPart(object)) {
    throw new MatrixError('M_INVALID_PARAM', 'The signed object differs from the stored one')
  }
  const good = [...signaturesBy(object, signer)].filter(([keyId]) => signingKeys.has(keyId))
  if (good.length === 0) throw new MatrixError('M_INVALID_SIGNATURE', 'No signature by a key that may sign this')
  for (const [keyId] of good) {
    if (!verifyJsonSignature(object, signer, keyId, signingKeys.get(keyId)!)) {
      throw new MatrixError('M_INVALID_SIGNATURE', `Invalid signature by ${keyId}`)
    }
  }
  let added = false
  for (const [keyId, signature] of good) added = (await store(tx, { targetUser, targetId, signer, keyId, signature })) || added
  return added
}

interface Target {
  json: string
  signingKeys: SigningKeys
}

async function ownTarget(
  tx: Transaction<HomeserverSchema>,
  signer: UserId,
  signerKeys: Map<CrossSigningUsage, CrossSigningKey>,
  targetId: string,
): Promise<Target> {
  const master = signerKeys.get('master')
  if (master?.publicKey === targetId) return { json: master.json, signingKeys: await deviceSigningKeys(tx, signer) }
  const device = await tx.db
    .selectFrom('device_keys')
    .select('json')
    .where('user_id', '=', signer)
    .where('device_id', '=', targetId)
    .executeTakeFirst()
  if (!device) throw new MatrixError('M_NOT_FOUND', 'No such key')
  return { json: device.json, signingKeys: signingKeysOf(signerKeys.get('self_signing'), 'self_signing', signer) }
}

async function otherTarget(
  tx: Transaction<HomeserverSchema>,
  signerKeys: Map<CrossSigningUsage, CrossSigningKey>,
  targetUser: UserId,
  targetId: string,
): Promise<Target> {
  const signingKeys = signingKeysOf(signerKeys.get('user_signing'), 'user_signing', targetUser)
  const master = (await findCrossSigningKeys(tx.db, targetUser)).get('master')
  if (master?.publicKey !== targetId) throw new MatrixError('M_NOT_FOUND', 'No such master key')
  return { json: master.json, signingKeys }
}

function signingKeysOf(key: CrossSigningKey | undefined, usage: CrossSigningUsage, of: UserId): SigningKeys {
  if (!key) throw new MatrixError('M_NOT_FOUND', `No ${usage} key found to sign keys of ${of}`)
  return new Map([[`ed25519:${key.publicKey}`, key.publicKey]])
}

/** The ed25519 keys of the user's devices. */
async function deviceSigningKeys(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<SigningKeys> {
  const rows = await tx.db.selectFrom('device_keys').select(['device_id', 'json']).where('user_id', '=', userId).execute()
  const signingKeys: SigningKeys = new Map()
  for (const { device_id, json } of rows) {
    const keyId = `ed25519:${device_id}`
    const publicKey = (JSON.parse(json) as { keys: { [keyId: string]: string } }).keys[keyId]
    if (publicKey !== undefined) signingKeys.set(keyId, publicKey)
  }
  return signingKeys
}

/** @returns whether it was not there already */
async function store(
  tx: Transaction<HomeserverSchema>,
  given: { targetUser: UserId; targetId: string; signer: UserId; keyId: string; signature: string },
): Promise<boolean> {
  const { signature } = given
  const inserted = await tx.db
    .insertInto('key_signatures')
    .values({
      target_user_id: given.targetUser,
      target_id: given.targetId,
      signer_user_id: given.signer,
      signing_key_id: given.keyId,
      signature,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['target_user_id', 'target_id', 'signer_user_id', 'signing_key_id'])
        .doUpdateSet({ signature })
        .where('key_signatures.signature', '!=', signature),
    )
    .returning('signature')
    .executeTakeFirst()
  return inserted !== undefined
}
