import type { Database, Reads, Transaction } from '@glia/database'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type FileSize, lockContents } from './media-records.ts'

const IDS_PER_TRANSACTION = 100

export interface QuarantineDeps {
  readonly database: Database<HomeserverSchema>
  readonly serverName: string
}

/**
 * Hides files, and every file with the same content, from everybody; protected ones are passed over (Synapse Admin API, "Quarantine media").
 * @param by user id of the admin
 * @returns how many rows were touched, equal content and already quarantined ones included
 */
export async function quarantine(deps: QuarantineDeps, mediaIds: readonly string[], by: string): Promise<number> {
  let touched = 0
  for (const ids of chunksOf(mediaIds, IDS_PER_TRANSACTION)) {
    touched += await deps.database.transaction(async (tx) => {
      const affected = await withEqualContent(tx, ids)
      const changed = affected.filter(({ safe_from_quarantine }) => safe_from_quarantine === 0).map(({ media_id }) => media_id)
      await setQuarantined(tx, changed, by, deps.serverName)
      return changed.length
    })
  }
  return touched
}

/** Shows a file, and every file with the same content, again. */
export async function unquarantine(deps: QuarantineDeps, mediaId: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const affected = await withEqualContent(tx, [mediaId])
    const changed = affected.filter(({ quarantined_by }) => quarantined_by !== null).map(({ media_id }) => media_id)
    await setQuarantined(tx, changed, null, deps.serverName)
  })
}

/** What `quarantine` of these would touch: one entry for each row that it would count. */
export async function filesToQuarantine(reads: Reads<HomeserverSchema>, mediaIds: readonly string[]): Promise<FileSize[]> {
  const files: FileSize[] = []
  for (const ids of chunksOf(mediaIds, IDS_PER_TRANSACTION)) {
    const affected = await readFiles(reads, ids, await hashesOf(reads, ids))
    const changed = affected.filter(({ safe_from_quarantine }) => safe_from_quarantine === 0)
    files.push(...changed.map(({ media_id, size }) => ({ mediaId: media_id, size })))
  }
  return files
}

async function withEqualContent(tx: Transaction<HomeserverSchema>, mediaIds: readonly string[]) {
  const hashes = await hashesOf(tx.db, mediaIds)
  await lockContents(tx, hashes)
  return readFiles(tx.db, mediaIds, hashes)
}

async function hashesOf(reads: Reads<HomeserverSchema>, mediaIds: readonly string[]): Promise<string[]> {
  const named = await reads.selectFrom('local_media').select('sha256').where('media_id', 'in', mediaIds).execute()
  return [...new Set(named.flatMap(({ sha256 }) => sha256 ?? []))]
}

function readFiles(reads: Reads<HomeserverSchema>, mediaIds: readonly string[], hashes: readonly string[]) {
  return reads
    .selectFrom('local_media')
    .select(['media_id', 'quarantined_by', 'safe_from_quarantine', 'size'])
    .where((row) => row.or([row('media_id', 'in', mediaIds), ...(hashes.length > 0 ? [row('sha256', 'in', hashes)] : [])]))
    .orderBy('media_id')
    .execute()
}

async function setQuarantined(
  tx: Transaction<HomeserverSchema>,
  mediaIds: readonly string[],
  by: string | null,
  serverName: string,
): Promise<void> {
  if (mediaIds.length === 0) return
  await tx.db.updateTable('local_media').set({ quarantined_by: by }).where('media_id', 'in', mediaIds).execute()
  const position = await tx.takePosition(mediaIds.length)
  await tx.db
    .insertInto('media_quarantine_changes')
    .values(
      mediaIds.map((media_id, index) => ({
        position: position + index,
        origin: serverName,
        media_id,
        quarantined: by === null ? 0 : 1,
      })),
    )
    .execute()
}

/** @returns false if there is no such file */
export function setProtected(database: Database<HomeserverSchema>, mediaId: string, isProtected: boolean): Promise<boolean> {
  return database.transaction(async (tx) => {
    const changed = await tx.db
      .updateTable('local_media')
      .set({ safe_from_quarantine: isProtected ? 1 : 0 })
      .where('media_id', '=', mediaId)
      .returning('media_id')
      .execute()
    return changed.length > 0
  })
}

export interface QuarantineChange {
  readonly position: number
  readonly origin: string
  readonly mediaId: string
  readonly isQuarantined: boolean
}

/** Changes behind a position, in order. */
export async function readQuarantineChanges(
  reads: Reads<HomeserverSchema>,
  { from, limit }: { from: number; limit: number },
): Promise<QuarantineChange[]> {
  const rows = await reads
    .selectFrom('media_quarantine_changes')
    .selectAll()
    .where('position', '>', from)
    .orderBy('position')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    position: row.position,
    origin: row.origin,
    mediaId: row.media_id,
    isQuarantined: row.quarantined === 1,
  }))
}

export async function findUnquarantinedOf(reads: Reads<HomeserverSchema>, userId: string): Promise<string[]> {
  const rows = await reads
    .selectFrom('local_media')
    .select('media_id')
    .where('user_id', '=', userId)
    .where('quarantined_by', 'is', null)
    .where('safe_from_quarantine', '=', 0)
    .execute()
  return rows.map(({ media_id }) => media_id)
}
