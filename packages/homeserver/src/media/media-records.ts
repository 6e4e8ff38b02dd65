import type { Reads, Transaction } from '@glia/database'
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { addToTotals } from './media-totals.ts'
import type { MediaTables } from './tables.ts'

export interface FileSize {
  readonly mediaId: string
  /** Bytes; null while the content is still owed. */
  readonly size: number | null
}

/** As dry runs tell it. */
export function totalOf(files: readonly FileSize[]): { media: number; bytes: number } {
  return { media: files.length, bytes: files.reduce((sum, { size }) => sum + (size ?? 0), 0) }
}

/** What we know about a file of our own users. */
export interface MediaRecord extends FileSize {
  readonly userId: string
  readonly type: string | null
  readonly uploadName: string | null
  readonly sha256: string | null
  readonly fileKey: string | null
  readonly createdAtMs: number
  readonly lastAccessMs: number | null
  readonly unusedExpiresAtMs: number | null
  readonly quarantinedBy: string | null
  readonly isProtected: boolean
  readonly isAuthenticated: boolean
}

export function toMediaRecord(row: Selectable<MediaTables['local_media']>): MediaRecord {
  return {
    mediaId: row.media_id,
    userId: row.user_id,
    type: row.media_type,
    size: row.size,
    uploadName: row.upload_name,
    sha256: row.sha256,
    fileKey: row.file_key,
    createdAtMs: row.created_at_ms,
    lastAccessMs: row.last_access_ms,
    unusedExpiresAtMs: row.unused_expires_at_ms,
    quarantinedBy: row.quarantined_by,
    isProtected: row.safe_from_quarantine === 1,
    isAuthenticated: row.authenticated === 1,
  }
}

export async function findMedia(reads: Reads<HomeserverSchema>, mediaId: string): Promise<MediaRecord | undefined> {
  const row = await reads.selectFrom('local_media').selectAll().where('media_id', '=', mediaId).executeTakeFirst()
  return row && toMediaRecord(row)
}

/** At most some hundred. */
export async function insertMediaRecords(
  tx: Transaction<HomeserverSchema>,
  records: readonly Insertable<MediaTables['local_media']>[],
): Promise<void> {
  await tx.db.insertInto('local_media').values(records).execute()
  await addToTotals(
    tx,
    records.map(({ user_id, size }) => ({ userId: user_id, count: 1, bytes: size ?? 0 })),
  )
}

/** Gives a reserved id its content. The caller has made sure that it has none yet. */
export async function fillMediaRecord(
  tx: Transaction<HomeserverSchema>,
  mediaId: string,
  content: Updateable<MediaTables['local_media']> & { readonly size: number },
): Promise<void> {
  const filled = await tx.db
    .updateTable('local_media')
    .set({ ...content, unused_expires_at_ms: null })
    .where('media_id', '=', mediaId)
    .returning('user_id')
    .execute()
  await addToTotals(
    tx,
    filled.map(({ user_id }) => ({ userId: user_id, count: 0, bytes: content.size })),
  )
}

/** Deletes reserved ids whose content did not come in time. */
export async function deleteExpiredReservations(tx: Transaction<HomeserverSchema>, nowMs: number): Promise<void> {
  const expired = await tx.db.deleteFrom('local_media').where('unused_expires_at_ms', '<', nowMs).returning(['user_id', 'size']).execute()
  await addToTotals(tx, expired.map(withdrawn))
}

function withdrawn({ user_id, size }: Pick<Selectable<MediaTables['local_media']>, 'user_id' | 'size'>) {
  return { userId: user_id, count: -1, bytes: -(size ?? 0) }
}

/** @returns the file that already holds content with this hash */
export async function findFileKey(reads: Reads<HomeserverSchema>, sha256: string): Promise<string | undefined> {
  const row = await reads
    .selectFrom('local_media')
    .select('file_key')
    .where('sha256', '=', sha256)
    .where('file_key', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row?.file_key ?? undefined
}

export async function isContentQuarantined(reads: Reads<HomeserverSchema>, sha256: string): Promise<boolean> {
  const row = await reads
    .selectFrom('local_media')
    .select('media_id')
    .where('sha256', '=', sha256)
    .where('quarantined_by', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Everything that reads and changes the rows of one content holds this lock, always in ascending order of hashes. */
export async function lockContents(tx: Transaction<HomeserverSchema>, hashes: Iterable<string>): Promise<void> {
  for (const sha256 of [...new Set(hashes)].sort()) await tx.lock(`media ${sha256}`)
}

/**
 * Deletes rows; files that nothing else needs are put down as unwanted.
 * @returns the deleted ids and the keys of the files that may be removed after the commit
 */
export async function deleteRecords(
  tx: Transaction<HomeserverSchema>,
  mediaIds: readonly string[],
): Promise<{ deleted: string[]; unwantedKeys: string[] }> {
  if (mediaIds.length === 0) return { deleted: [], unwantedKeys: [] }
  const rows = await tx.db.selectFrom('local_media').select(['media_id', 'sha256', 'file_key']).where('media_id', 'in', mediaIds).execute()
  await lockContents(
    tx,
    rows.flatMap(({ sha256 }) => sha256 ?? []),
  )
  const gone = await tx.db.deleteFrom('local_media').where('media_id', 'in', mediaIds).returning(['media_id', 'user_id', 'size']).execute()
  await addToTotals(tx, gone.map(withdrawn))
  const deleted = new Set(gone.map(({ media_id }) => media_id))
  const keys = [...new Set(rows.flatMap(({ file_key }) => file_key ?? []))]
  const unwantedKeys = await keysWithoutRow(tx.db, keys)
  if (unwantedKeys.length > 0)
    await tx.db
      .insertInto('unwanted_media_files')
      .values(unwantedKeys.map((file_key) => ({ file_key })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  return { deleted: mediaIds.filter((mediaId) => deleted.has(mediaId)), unwantedKeys }
}

async function keysWithoutRow(reads: Reads<HomeserverSchema>, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return []
  const hashes = [...new Set(keys.map((key) => key.split('.')[0]!))]
  const used = await reads.selectFrom('local_media').select('file_key').where('sha256', 'in', hashes).execute()
  const usedKeys = new Set(used.map(({ file_key }) => file_key))
  return keys.filter((key) => !usedKeys.has(key))
}
