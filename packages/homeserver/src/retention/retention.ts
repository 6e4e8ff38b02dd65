import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { RoomId } from '@glia/protocol'
import type { PurgeParameters } from '../history-purge/index.ts'
import { findUnusedMedia, type Media, sumUnusedMedia } from '../media/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { createRecurring, type TaskRunner, type Tasks } from '../tasks/index.ts'
import { firstPositionSince } from '../timeline/index.ts'
import { depthToPurge, roomsWithRetention, sumOldMessages } from './old-messages.ts'
import { isOfJob, lifetimeOf, type RetentionJob, type RetentionSettings } from './retention-policy.ts'

export interface RetentionDeps {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
  readonly clock: Clock
  readonly media: Pick<Media, 'delete' | 'flushLastAccess'>
  /** Purges one room, as an admin would. */
  readonly purgeHistory: TaskRunner
  readonly settings: {
    /** How long files are kept that nobody looks at (ms); null: for ever. */
    readonly localMediaMs: number | null
    /** null: messages are kept for ever. */
    readonly messages: RetentionSettings | null
  }
}

/** Deleting what is old, as the configuration says. */
export interface Retention {
  /** @param lifetimeMs default: what is configured @returns undefined: no lifetime is known */
  previewMedia(lifetimeMs: number | undefined): Promise<{ files: number; bytes: number } | undefined>
  /** @param query.maxLifetimeMs of rooms that have none of their own; default: what is configured */
  previewHistory(query: {
    maxLifetimeMs: number | undefined
    roomId: string | undefined
  }): Promise<{ rooms: number; events: number; bytes: number }>
  /** Plans the work. The tasks do it. */
  start(): Promise<void>
}

/** Names of the tasks. */
export const MEDIA_RETENTION_ACTION = 'media_retention'
export const HISTORY_RETENTION_ACTION = 'history_retention'

/** As in Synapse. */
const MEDIA_EVERY_MS = 3600_000
const FILES_AT_ONCE = 50
const ROOMS_AT_ONCE = 100
const NO_POLICY = { defaultMaxMs: null, allowedMinMs: null, allowedMaxMs: null }

interface HistoryProgress {
  readonly rooms: number
  readonly deleted_events: number
  /** All rooms up to this one are done. */
  readonly last_room_id: string
}

export function createRetention(deps: RetentionDeps): Retention {
  const { database, clock, media, settings } = deps
  const { localMediaMs, messages } = settings

  const deleteMedia =
    (lifetimeMs: number): TaskRunner =>
    async (task, { signal, saveProgress }) => {
      await media.flushLastAccess()
      let deleted = Number(task.result?.deleted_files ?? 0)
      for (;;) {
        signal.throwIfAborted()
        const ids = await findUnusedMedia(database.read, clock.nowMs() - lifetimeMs, FILES_AT_ONCE)
        if (ids.length === 0) return { deleted_files: deleted }
        deleted += (await media.delete(ids)).length
        await saveProgress({ deleted_files: deleted })
      }
    }

  /** Goes through all rooms that the job looks after; one room after the other. */
  const deleteMessages =
    (policy: RetentionSettings, job: RetentionJob): TaskRunner =>
    async (task, context) => {
      const positionBefore = positionsByAge()
      let progress = (task.result as unknown as HistoryProgress | null) ?? { rooms: 0, deleted_events: 0, last_room_id: '' }
      for (;;) {
        const page = { after: progress.last_room_id, limit: ROOMS_AT_ONCE, onlyWithPolicy: policy.defaultMaxMs === null }
        const rooms = await roomsWithRetention(database.read, page)
        if (rooms.length === 0) return { ...progress }
        for (const { roomId, content } of rooms) {
          context.signal.throwIfAborted()
          const lifetime = lifetimeOf(content, policy)
          const position = lifetime && isOfJob(lifetime, job) ? await positionBefore(lifetime.keptMs) : undefined
          const beforeDepth = position === undefined ? undefined : await depthToPurge(database.read, roomId, position)
          const deleted = beforeDepth === undefined ? undefined : await purge(roomId, beforeDepth)
          progress = {
            rooms: progress.rooms + (deleted === undefined ? 0 : 1),
            deleted_events: progress.deleted_events + (deleted ?? 0),
            last_room_id: roomId,
          }
          if (deleted !== undefined) await context.saveProgress({ ...progress })
        }
      }

      /** What is done of a room stays done when the server stops: the room is looked at again. */
      async function purge(roomId: RoomId, beforeDepth: number): Promise<number> {
        const parameters: PurgeParameters = { beforeDepth, deletesLocalEvents: true }
        const ofRoom = { ...task, resourceId: roomId, parameters: { ...parameters }, result: null }
        const saveProgress: typeof context.saveProgress = (_, tx) => context.saveProgress({ ...progress }, tx)
        const { deleted_events: deleted } = await deps.purgeHistory(ofRoom, { signal: context.signal, saveProgress })
        return Number(deleted)
      }
    }

  /** Position of the first event that is younger; asked of the database once for each age. */
  const positionsByAge = () => {
    const nowMs = clock.nowMs()
    const known = new Map<number, number>()
    return async (ageMs: number): Promise<number> => {
      const position = known.get(ageMs) ?? (await firstPositionSince(database.read, nowMs - ageMs)) ?? Number.MAX_SAFE_INTEGER
      known.set(ageMs, position)
      return position
    }
  }

  const recurring = [
    createRecurring(
      deps,
      MEDIA_RETENTION_ACTION,
      localMediaMs === null ? [] : [{ everyMs: MEDIA_EVERY_MS, work: deleteMedia(localMediaMs) }],
    ),
    createRecurring(
      deps,
      HISTORY_RETENTION_ACTION,
      messages === null ? [] : messages.jobs.map((job) => ({ everyMs: job.everyMs, work: deleteMessages(messages, job) })),
    ),
  ]

  return {
    async previewMedia(lifetimeMs = localMediaMs ?? undefined) {
      if (lifetimeMs === undefined) return undefined
      await media.flushLastAccess()
      return sumUnusedMedia(database.read, clock.nowMs() - lifetimeMs)
    },
    async previewHistory({ maxLifetimeMs, roomId }) {
      const policy = { ...(messages ?? NO_POLICY), ...(maxLifetimeMs === undefined ? {} : { defaultMaxMs: maxLifetimeMs }) }
      const positionBefore = positionsByAge()
      const sum = { rooms: 0, events: 0, bytes: 0 }
      for (let after = ''; ; ) {
        const page = { after, limit: ROOMS_AT_ONCE, roomId, onlyWithPolicy: policy.defaultMaxMs === null }
        const rooms = await roomsWithRetention(database.read, page)
        for (const room of rooms) {
          const lifetime = lifetimeOf(room.content, policy)
          if (!lifetime) continue
          const { events, bytes } = await sumOldMessages(database.read, room.roomId, await positionBefore(lifetime.keptMs))
          if (events > 0) sum.rooms++
          sum.events += events
          sum.bytes += bytes
        }
        if (rooms.length < ROOMS_AT_ONCE) return sum
        after = rooms.at(-1)!.roomId
      }
    },
    async start() {
      for (const jobs of recurring) await jobs.start()
    },
  }
}
