import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { isContentBlocked } from '../lists/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findFileKey, findMedia, isContentQuarantined, lockContents } from './media-records.ts'
import { FileTooLargeError, type MediaStore, type StagedFile } from './media-store.ts'

export interface UploadDeps {
  readonly database: Database<HomeserverSchema>
  readonly store: MediaStore
  readonly clock: Clock
  readonly maxUploadSizeBytes: number
}

export interface IncomingFile {
  readonly content: AsyncIterable<Uint8Array>
  /** What the sender says the length is, in bytes. */
  readonly announcedSize: number | undefined
  readonly type: string
  readonly name: string | null
}

/** What of a row comes from the content. */
export interface StoredContent {
  readonly size: number
  readonly sha256: string
  readonly file_key: string
  readonly quarantined_by: string | null
}

/**
 * Receives content and calls `record` in a transaction that makes it known. Equal content is kept once; content that is quarantined
 * arrives quarantined (Synapse Admin API, "Quarantine media").
 * @throws MatrixError M_TOO_LARGE, M_FORBIDDEN (the content is blocked); nothing is kept
 */
export async function storeContent(
  deps: UploadDeps,
  file: IncomingFile,
  record: (tx: Transaction<HomeserverSchema>, content: StoredContent) => Promise<void>,
): Promise<void> {
  const { maxUploadSizeBytes, store } = deps
  if (file.announcedSize !== undefined && file.announcedSize > maxUploadSizeBytes) throw tooLarge(maxUploadSizeBytes)
  const staged = await store.stage(file.content, maxUploadSizeBytes).catch((error) => {
    throw error instanceof FileTooLargeError ? tooLarge(maxUploadSizeBytes) : error
  })
  try {
    await recordContent(deps, staged, record)
  } finally {
    await staged.discard()
  }
}

async function recordContent(
  { database, store, clock }: UploadDeps,
  staged: StagedFile,
  record: (tx: Transaction<HomeserverSchema>, content: StoredContent) => Promise<void>,
): Promise<void> {
  const { sha256, size } = staged
  let ownKey = (await findFileKey(database.read, sha256)) === undefined ? await staged.keep() : undefined
  for (;;) {
    const usedKey = await database
      .transaction(async (tx) => {
        await lockContents(tx, [sha256])
        if (await isContentBlocked(tx.db, sha256, clock.nowMs()))
          throw new MatrixError('M_FORBIDDEN', 'This content is blocked on this server')
        const fileKey = (await findFileKey(tx.db, sha256)) ?? ownKey
        if (fileKey === undefined) return undefined
        const quarantinedBy = (await isContentQuarantined(tx.db, sha256)) ? 'system' : null
        await record(tx, { size, sha256, file_key: fileKey, quarantined_by: quarantinedBy })
        return fileKey
      })
      .catch(async (error) => {
        if (ownKey !== undefined) await store.remove(ownKey)
        throw error
      })
    if (usedKey !== undefined) {
      if (ownKey !== undefined && ownKey !== usedKey) await store.remove(ownKey)
      return
    }
    // the file that held the same content was deleted a moment ago
    ownKey = await staged.keep()
  }
}

/**
 * Refuses uploads to reserved ids that must not be written to (Client-Server API, "PUT /_matrix/media/v3/upload").
 * @throws MatrixError M_NOT_FOUND, M_FORBIDDEN, M_CANNOT_OVERWRITE_MEDIA
 */
export async function checkReserved(
  reads: Parameters<typeof findMedia>[0],
  reserved: { mediaId: string; userId: UserId },
  nowMs: number,
): Promise<void> {
  const media = await findMedia(reads, reserved.mediaId)
  if (!media) throw new MatrixError('M_NOT_FOUND', 'Unknown media ID')
  if (media.userId !== reserved.userId) throw new MatrixError('M_FORBIDDEN', 'Only the creator of the media ID can upload to it')
  if (media.fileKey !== null) throw new MatrixError('M_CANNOT_OVERWRITE_MEDIA', 'Media ID already has content')
  if ((media.unusedExpiresAtMs ?? 0) < nowMs) throw new MatrixError('M_NOT_FOUND', 'Media ID has expired')
}

function tooLarge(maxBytes: number): MatrixError {
  return new MatrixError('M_TOO_LARGE', `Upload request body is too large (more than ${maxBytes} bytes)`)
}
