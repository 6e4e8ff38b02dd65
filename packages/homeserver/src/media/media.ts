import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import { type RateLimit, RateLimiter } from '@glia/http'
import { type Clock, createRepeating, type Logger, type Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { isContentBlocked } from '../lists/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { LastAccess } from './last-access.ts'
import {
  deleteExpiredReservations,
  deleteRecords,
  fillMediaRecord,
  findMedia,
  insertMediaRecords,
  type MediaRecord,
} from './media-records.ts'
import type { MediaStore } from './media-store.ts'
import { MediaWaiters } from './media-waiters.ts'
import type { Rendering } from './render-thumbnail.ts'
import type { ThumbnailSize } from './thumbnail-size.ts'
import { Thumbnails } from './thumbnails.ts'
import { checkReserved, type IncomingFile, storeContent } from './upload.ts'
import { refuseBeyondLimits, type UploadLimits } from './upload-limits.ts'

export interface MediaDeps {
  readonly database: Database<HomeserverSchema>
  readonly store: MediaStore
  readonly signals: SignalBus
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: MediaSettings
}

export interface MediaSettings {
  /** Keep what is uploaded from now on away from the open (legacy) addresses. */
  readonly authenticated: boolean
  readonly maxUploadSizeBytes: number
  readonly maxImagePixels: number
  readonly dynamicThumbnails: boolean
  readonly thumbnailSizes: readonly ThumbnailSize[]
  /** How long a reserved id waits for its content. */
  readonly unusedExpirationMs: number
  /** Reserved ids without content that one user may have. */
  readonly maxPendingUploads: number
  readonly createLimit: RateLimit
  readonly uploadLimits: UploadLimits
}

/** A file whose content is there. */
export interface StoredMedia extends MediaRecord {
  readonly size: number
  readonly sha256: string
  readonly fileKey: string
}

/** Files of our own users: coming in, going out, going away. */
export interface Media {
  /** @returns the id of the new file @throws MatrixError M_TOO_LARGE, M_FORBIDDEN (the content is blocked), M_USER_LIMIT_EXCEEDED */
  upload(userId: UserId, file: IncomingFile, options?: { /** Default: true. */ isLimited?: boolean }): Promise<string>
  /** Reserves an id for content that comes later. @throws MatrixError M_LIMIT_EXCEEDED */
  reserve(userId: UserId, options?: { /** Default: true. */ isLimited?: boolean }): Promise<{ mediaId: string; unusedExpiresAtMs: number }>
  /** @throws MatrixError M_TOO_LARGE, M_NOT_FOUND, M_FORBIDDEN, M_CANNOT_OVERWRITE_MEDIA, M_USER_LIMIT_EXCEEDED */
  uploadReserved(reserved: { userId: UserId; mediaId: string }, file: IncomingFile): Promise<void>
  /**
   * A file to give out, waiting up to `timeoutMs` for content that is still owed.
   * @param open asked for at the open (legacy) addresses
   * @throws MatrixError M_NOT_FOUND (also quarantined or blocked), M_NOT_YET_UPLOADED
   */
  find(mediaId: string, options: { timeoutMs: number; open: boolean; evenQuarantined: boolean; signal: AbortSignal }): Promise<StoredMedia>
  /** @returns undefined when the content is gone */
  read(media: StoredMedia, range?: { start: number; end: number }): ReturnType<MediaStore['read']>
  thumbnail(media: StoredMedia, size: ThumbnailSize, animated: boolean): Promise<Rendering | undefined>
  /** Deletes files whatever their standing. @returns the ids of those that existed */
  delete(mediaIds: readonly string[]): Promise<string[]>
  /** Writes last accesses that are still in memory. */
  flushLastAccess(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const DELETIONS_PER_TRANSACTION = 50
const CLEAN_UP_EVERY_MS = 3600_000

export function createMedia(deps: MediaDeps): Media {
  const { database, store, signals, clock, random, logger, settings } = deps
  const uploadDeps = { database, store, clock, maxUploadSizeBytes: settings.maxUploadSizeBytes }
  const lastAccess = new LastAccess(database, clock)
  const waiters = new MediaWaiters(signals, clock)
  const limiter = new RateLimiter(clock)
  const thumbnails = new Thumbnails({
    store,
    sizes: settings.thumbnailSizes,
    anySize: settings.dynamicThumbnails,
    maxPixels: settings.maxImagePixels,
  })

  const newRow = (mediaId: string, userId: UserId) => ({
    media_id: mediaId,
    user_id: userId,
    created_at_ms: clock.nowMs(),
    last_access_ms: null,
    authenticated: settings.authenticated ? 1 : 0,
  })

  const checkLimits = (tx: Transaction<HomeserverSchema>, userId: UserId, sizeBytes: number) =>
    refuseBeyondLimits(tx, { userId, sizeBytes, nowMs: clock.nowMs() }, settings.uploadLimits)

  async function removeUnwanted(keys: readonly string[]): Promise<void> {
    for (const key of keys) await store.remove(key)
    if (keys.length > 0)
      await database.transaction((tx) => tx.db.deleteFrom('unwanted_media_files').where('file_key', 'in', keys).execute())
  }

  async function cleanUp(): Promise<void> {
    const left = await database.read.selectFrom('unwanted_media_files').select('file_key').execute()
    await removeUnwanted(left.map(({ file_key }) => file_key))
    await database.transaction((tx) => deleteExpiredReservations(tx, clock.nowMs()))
  }

  const cleaningUp = createRepeating({
    clock,
    everyMs: CLEAN_UP_EVERY_MS,
    work: cleanUp,
    onError: (err) => logger.warn({ err }, 'cleaning up media failed'),
  })

  return {
    async upload(userId, file, { isLimited = true } = {}) {
      const mediaId = random.text(24, 'letters')
      await storeContent(uploadDeps, file, async (tx, content) => {
        if (isLimited) await checkLimits(tx, userId, content.size)
        const described = { media_type: file.type, upload_name: file.name, unused_expires_at_ms: null }
        await insertMediaRecords(tx, [{ ...newRow(mediaId, userId), ...content, ...described }])
      })
      return mediaId
    },

    async reserve(userId, { isLimited = true } = {}) {
      if (isLimited) limiter.take(userId, settings.createLimit)
      const mediaId = random.text(24, 'letters')
      const unusedExpiresAtMs = clock.nowMs() + settings.unusedExpirationMs
      await database.transaction(async (tx) => {
        await tx.lock(`media of ${userId}`)
        const pending = await tx.db
          .selectFrom('local_media')
          .select((select) => select.fn.countAll<number>().as('count'))
          .where('user_id', '=', userId)
          .where('unused_expires_at_ms', '>=', clock.nowMs())
          .executeTakeFirstOrThrow()
        if (pending.count >= settings.maxPendingUploads)
          throw new MatrixError('M_LIMIT_EXCEEDED', 'Too many reserved media ids without content', {
            extra: { retry_after_ms: settings.unusedExpirationMs },
          })
        const owed = { media_type: null, size: null, upload_name: null, sha256: null, file_key: null, quarantined_by: null }
        await insertMediaRecords(tx, [{ ...newRow(mediaId, userId), ...owed, unused_expires_at_ms: unusedExpiresAtMs }])
      })
      return { mediaId, unusedExpiresAtMs }
    },

    async uploadReserved(reserved, file) {
      await checkReserved(database.read, reserved, clock.nowMs())
      await storeContent(uploadDeps, file, async (tx, { quarantined_by, ...content }) => {
        await tx.lock(`media id ${reserved.mediaId}`)
        // another upload to the id may have been faster
        await checkReserved(tx.db, reserved, clock.nowMs())
        await checkLimits(tx, reserved.userId, content.size)
        await fillMediaRecord(tx, reserved.mediaId, {
          ...content,
          ...(quarantined_by === null ? {} : { quarantined_by }),
          media_type: file.type,
          upload_name: file.name,
        })
        tx.afterCommit(() => signals.tell('media.uploaded', { mediaId: reserved.mediaId }))
      })
    },

    async find(mediaId, { timeoutMs, open, evenQuarantined, signal }) {
      const load = () => findGivable(database, mediaId, { open, evenQuarantined, nowMs: clock.nowMs() })
      const media = (await load()) ?? (await waiters.wait(mediaId, timeoutMs, signal, load))
      if (!media) throw new MatrixError('M_NOT_YET_UPLOADED', 'Media has not been uploaded yet')
      lastAccess.note(mediaId)
      return media
    },

    read: (media, range) => store.read(media.fileKey, range),
    thumbnail: (media, size, animated) => thumbnails.get(media.fileKey, size, animated),

    async delete(mediaIds) {
      const all: string[] = []
      for (let start = 0; start < mediaIds.length; start += DELETIONS_PER_TRANSACTION) {
        const some = mediaIds.slice(start, start + DELETIONS_PER_TRANSACTION)
        const { deleted, unwantedKeys } = await database.transaction((tx) => deleteRecords(tx, some))
        await removeUnwanted(unwantedKeys)
        all.push(...deleted)
      }
      return all
    },

    flushLastAccess: () => lastAccess.flush(),
    async start() {
      await store.cleanUp()
      await cleanUp()
      cleaningUp.start()
    },
    async stop() {
      await cleaningUp.stop()
      await lastAccess.stop()
    },
  }
}

/** @returns undefined while the content is still owed */
async function findGivable(
  database: Database<HomeserverSchema>,
  mediaId: string,
  { open, evenQuarantined, nowMs }: { open: boolean; evenQuarantined: boolean; nowMs: number },
): Promise<StoredMedia | undefined> {
  const media = await findMedia(database.read, mediaId)
  if (!media || (open && media.isAuthenticated) || (media.quarantinedBy !== null && !evenQuarantined)) throw notFound()
  const { size, sha256, fileKey } = media
  if (size !== null && sha256 !== null && fileKey !== null) {
    if (!evenQuarantined && (await isContentBlocked(database.read, sha256, nowMs))) throw notFound()
    return { ...media, size, sha256, fileKey }
  }
  if ((media.unusedExpiresAtMs ?? 0) < nowMs) throw notFound()
  return undefined
}

export function notFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'Media not found')
}
