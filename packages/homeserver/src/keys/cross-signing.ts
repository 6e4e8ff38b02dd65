import { MatrixError } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { JsonObject, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import {
  type CrossSigningKey,
  type CrossSigningUsage,
  checkSignedByMaster,
  crossSigningUsages,
  readCrossSigningKey,
} from './cross-signing-key.ts'
import { signedPart } from './key-json.ts'

export type CrossSigningUpload = { [Usage in CrossSigningUsage]?: JsonObject | undefined }

/**
 * Stores cross-signing keys. A new key makes the signatures of and on the old one worthless; a new master key also its sub-keys.
 * @param options.proven the user proved who they are, or may replace keys without it
 * @returns `same` if nothing changed, `proof-needed` (and nothing stored) if keys would be replaced without proof
 * @throws MatrixError M_INVALID_PARAM, M_MISSING_PARAM without any master key, M_INVALID_SIGNATURE, M_FORBIDDEN for a key that is a device id
 */
export async function storeCrossSigningKeys(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  upload: CrossSigningUpload,
  options: { proven: boolean; nowMs: number },
): Promise<'stored' | 'same' | 'proof-needed'> {
  const keys = crossSigningUsages.flatMap((usage) => {
    const object = upload[usage]
    return object ? [readCrossSigningKey(userId, usage, object)] : []
  })
  if (keys.length === 0) return 'same'
  await tx.lock(`cross-signing:${userId}`)
  const stored = await findCrossSigningKeys(tx.db, userId)
  const storedMaster = stored.get('master')
  const master = keys.find(({ usage }) => usage === 'master') ?? storedMaster
  if (!master) throw new MatrixError('M_MISSING_PARAM', 'No master key available')
  for (const key of keys) if (key.usage !== 'master') checkSignedByMaster(userId, key, master.publicKey)
  await refuseDeviceIds(tx, userId, keys)

  const changed = keys.filter((key) => !isSame(key, stored.get(key.usage)))
  if (changed.length === 0) return 'same'
  if (storedMaster && !options.proven && !(await hasResetGrant(tx.db, userId, options.nowMs))) return 'proof-needed'

  const masterReplaced = storedMaster !== undefined && storedMaster.publicKey !== master.publicKey
  for (const key of stored.values()) {
    const replaced = keys.some(({ usage, publicKey }) => usage === key.usage && publicKey !== key.publicKey)
    if (masterReplaced || replaced) await removeKey(tx, userId, key)
  }
  for (const key of masterReplaced ? keys : changed) await storeKey(tx, userId, key)
  if (storedMaster) await tx.db.deleteFrom('cross_signing_reset_grants').where('user_id', '=', userId).execute()
  return 'stored'
}

export async function findCrossSigningKeys(db: Reads<HomeserverSchema>, userId: UserId): Promise<Map<CrossSigningUsage, CrossSigningKey>> {
  const rows = await db.selectFrom('cross_signing_keys').selectAll().where('user_id', '=', userId).execute()
  return new Map(
    rows.map((row) => {
      const usage = row.usage as CrossSigningUsage
      return [usage, { usage, publicKey: row.public_key, object: JSON.parse(row.json) as JsonObject, json: row.json }]
    }),
  )
}

/** Whether the user may replace keys without proof now. */
export async function hasResetGrant(db: Reads<HomeserverSchema>, userId: UserId, nowMs: number): Promise<boolean> {
  const grant = await db.selectFrom('cross_signing_reset_grants').select('until_ms').where('user_id', '=', userId).executeTakeFirst()
  return grant !== undefined && grant.until_ms > nowMs
}

/** Lets the user replace cross-signing keys without proof until then, once. */
export async function grantReset(tx: Transaction<HomeserverSchema>, userId: UserId, untilMs: number): Promise<void> {
  await tx.db
    .insertInto('cross_signing_reset_grants')
    .values({ user_id: userId, until_ms: untilMs })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ until_ms: untilMs }))
    .execute()
}

function isSame(key: CrossSigningKey, stored: CrossSigningKey | undefined): boolean {
  return stored !== undefined && stored.publicKey === key.publicKey && signedPart(stored.object) === signedPart(key.object)
}

async function refuseDeviceIds(tx: Transaction<HomeserverSchema>, userId: UserId, keys: readonly CrossSigningKey[]): Promise<void> {
  const taken = await tx.db
    .selectFrom('devices')
    .select('device_id')
    .where('user_id', '=', userId)
    .where(
      'device_id',
      'in',
      keys.map(({ publicKey }) => publicKey),
    )
    .executeTakeFirst()
  if (taken) throw new MatrixError('M_FORBIDDEN', `The key ${taken.device_id} is the id of a device`)
}

async function removeKey(tx: Transaction<HomeserverSchema>, userId: UserId, key: CrossSigningKey): Promise<void> {
  await tx.db.deleteFrom('cross_signing_keys').where('user_id', '=', userId).where('usage', '=', key.usage).execute()
  await tx.db.deleteFrom('key_signatures').where('target_user_id', '=', userId).where('target_id', '=', key.publicKey).execute()
  await tx.db
    .deleteFrom('key_signatures')
    .where('signer_user_id', '=', userId)
    .where('signing_key_id', '=', `ed25519:${key.publicKey}`)
    .execute()
}

async function storeKey(tx: Transaction<HomeserverSchema>, userId: UserId, { usage, publicKey, json }: CrossSigningKey): Promise<void> {
  await tx.db
    .insertInto('cross_signing_keys')
    .values({ user_id: userId, usage, public_key: publicKey, json })
    .onConflict((conflict) => conflict.columns(['user_id', 'usage']).doUpdateSet({ public_key: publicKey, json }))
    .execute()
}
