import { MatrixError } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** How much a user may upload. */
export interface UploadLimits {
  /** In any span of time. */
  readonly perPeriod: readonly { readonly periodMs: number; readonly maxBytes: number; readonly infoUri: string | null }[]
  /** Of all files that are there, unless an admin set another for the user; null: any amount. */
  readonly quotaBytes: number | null
  /** Where clients send a user who asks why, if a limit has no page of its own. */
  readonly infoUri: () => string
}

export interface MediaQuota {
  /** null: any amount. */
  readonly maxBytes: number | null
  readonly isDefault: boolean
}

/**
 * Uploads of one user come one after another from here on, so that many at once do not get past a limit.
 * @throws MatrixError M_USER_LIMIT_EXCEEDED with `info_uri` (MSC4335)
 */
export async function refuseBeyondLimits(
  tx: Transaction<HomeserverSchema>,
  upload: { userId: UserId; sizeBytes: number; nowMs: number },
  limits: UploadLimits,
): Promise<void> {
  const { userId, sizeBytes, nowMs } = upload
  const quota = await findQuota(tx.db, userId, limits.quotaBytes)
  if (quota.maxBytes === null && limits.perPeriod.length === 0) return
  await tx.lock(`media of ${userId}`)
  if (quota.maxBytes !== null && (await usedBy(tx.db, userId)).bytes + sizeBytes > quota.maxBytes) {
    throw limitExceeded('Media quota exceeded', limits.infoUri())
  }
  for (const { periodMs, maxBytes, infoUri } of limits.perPeriod) {
    const uploaded = await uploadedSince(tx.db, userId, nowMs - periodMs)
    if (uploaded + sizeBytes > maxBytes) throw limitExceeded('Media upload limit exceeded', infoUri ?? limits.infoUri())
  }
}

export async function findQuota(reads: Reads<HomeserverSchema>, userId: string, defaultBytes: number | null): Promise<MediaQuota> {
  const own = await reads.selectFrom('user_media_quotas').select('max_bytes').where('user_id', '=', userId).executeTakeFirst()
  return own ? { maxBytes: own.max_bytes, isDefault: false } : { maxBytes: defaultBytes, isDefault: true }
}

/** @param maxBytes null: any amount */
export async function setQuota(tx: Transaction<HomeserverSchema>, userId: string, maxBytes: number | null): Promise<void> {
  await tx.db
    .insertInto('user_media_quotas')
    .values({ user_id: userId, max_bytes: maxBytes })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ max_bytes: maxBytes }))
    .execute()
}

export async function resetQuota(tx: Transaction<HomeserverSchema>, userId: string): Promise<void> {
  await tx.db.deleteFrom('user_media_quotas').where('user_id', '=', userId).execute()
}

export async function usedBy(reads: Reads<HomeserverSchema>, userId: string): Promise<{ bytes: number; files: number }> {
  const totals = await reads
    .selectFrom('user_media_totals')
    .select(['media_bytes', 'media_count'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return { bytes: totals?.media_bytes ?? 0, files: totals?.media_count ?? 0 }
}

async function uploadedSince(reads: Reads<HomeserverSchema>, userId: string, sinceMs: number): Promise<number> {
  const { bytes } = await reads
    .selectFrom('local_media')
    .select((media) => media.fn.sum<number | null>('size').as('bytes'))
    .where('user_id', '=', userId)
    .where('created_at_ms', '>', sinceMs)
    .executeTakeFirstOrThrow()
  return Number(bytes ?? 0)
}

function limitExceeded(message: string, infoUri: string): MatrixError {
  return new MatrixError('M_USER_LIMIT_EXCEEDED', message, { extra: { info_uri: infoUri } })
}
