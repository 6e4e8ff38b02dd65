import { contract, isDryRun, MatrixError, type QueryOf } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { ServerName } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Media } from './media.ts'
import { findOldMedia, UserMediaList, type UserMediaOrder } from './media-lists.ts'
import { type FileSize, findMedia, type MediaRecord, totalOf } from './media-records.ts'
import { MediaStatistics } from './media-statistics.ts'
import { filesToQuarantine, findUnquarantinedOf, quarantine, readQuarantineChanges, setProtected, unquarantine } from './quarantine.ts'
import { readRoomMedia } from './room-media.ts'

export interface MediaAdminRoutesDeps {
  readonly database: Database<HomeserverSchema>
  readonly media: Media
  readonly clock: Clock
  readonly serverName: ServerName
}

/** Times before this are in seconds by mistake. */
const EARLIEST_BEFORE_TS = 30_000_000_000
const CHANGES_PER_PAGE = 100

/** Synapse Admin API, "Media Admin API". Media of other servers is not held yet: those calls find nothing. */
export function mediaAdminRoutes(deps: MediaAdminRoutesDeps): Route[] {
  const { database, media, clock, serverName } = deps
  const { admin } = contract
  const userMedia = new UserMediaList(database, () => clock.nowMs())
  const statistics = new MediaStatistics(database, () => clock.nowMs())

  async function remove(files: readonly FileSize[], query: { dry_run?: boolean }) {
    if (isDryRun(query)) return { would: totalOf(files) }
    const deleted = await media.delete(files.map(({ mediaId }) => mediaId))
    return { deleted_media: deleted, total: deleted.length }
  }

  async function hide(ids: readonly string[], query: { dry_run?: boolean }, by: string) {
    if (isDryRun(query)) return { would: totalOf(await filesToQuarantine(database.read, ids)) }
    return { num_quarantined: await quarantine(deps, ids, by) }
  }

  async function deleteOld(query: QueryOf<typeof admin.media.deleteOldMedia>) {
    checkBeforeTs(query.before_ts)
    await media.flushLastAccess()
    const { before_ts: beforeMs, size_gt: largerThan, keep_profiles: keepProfiles } = query
    return remove(await findOldMedia(database.read, { beforeMs, largerThan, keepProfiles, serverName }), query)
  }

  async function pageOfUser(userId: string, query: UserMediaPage) {
    await requireUser(database, userId)
    const newestFirst = query.order_by === undefined && query.dir === undefined
    return userMedia.read({
      userId,
      from: query.from,
      limit: query.limit,
      orderBy: query.order_by ?? 'created_ts',
      descending: newestFirst || query.dir === 'b',
    })
  }

  return [
    route(admin.media.getMedia, async ({ params }) => {
      const found = params.server_name === serverName ? await findMedia(database.read, params.media_id) : undefined
      if (!found) throw new MatrixError('M_NOT_FOUND', 'Unknown media')
      return { media_info: { ...toWire(found), media_origin: null, filesystem_id: null } }
    }),
    route(admin.media.deleteMedia, async ({ params, query }) => {
      requireLocal(params.server_name, serverName)
      const found = await findMedia(database.read, params.media_id)
      if (!found) throw new MatrixError('M_NOT_FOUND', 'Unknown media')
      return remove([found], query)
    }),
    route(admin.media.quarantineMedia, async ({ params, requester }) => {
      if (params.server_name === serverName) await quarantine(deps, [params.media_id], requester.userId)
      return {}
    }),
    route(admin.media.unquarantineMedia, async ({ params }) => {
      if (params.server_name === serverName) await unquarantine(deps, params.media_id)
      return {}
    }),
    route(admin.media.listRoomMedia, async ({ params }) => readRoomMedia(database.read, params.room_id, serverName)),
    route(admin.media.quarantineRoomMedia, async ({ params, query, requester }) => {
      const { local } = await readRoomMedia(database.read, params.room_id, serverName)
      const ids = [...new Set(local.map((uri) => uri.slice(uri.lastIndexOf('/') + 1)))]
      return hide(ids, query, requester.userId)
    }),
    route(admin.media.quarantineUserMedia, async ({ params, query, requester }) => {
      const ids = await findUnquarantinedOf(database.read, params.user_id)
      return hide(ids, query, requester.userId)
    }),
    route(admin.media.listQuarantineChanges, async ({ query }) => {
      const current = await database.currentPosition()
      if (query.from > current) throw new MatrixError('M_INVALID_PARAM', 'Query parameter from is beyond the newest change')
      const changes = await readQuarantineChanges(database.read, { from: query.from, limit: CHANGES_PER_PAGE })
      return {
        changes: changes.map(({ origin, mediaId, isQuarantined }) => ({ origin, media_id: mediaId, quarantined: isQuarantined })),
        next_batch: changes.at(-1)?.position ?? current,
      }
    }),
    route(admin.media.protectMedia, async ({ params }) => protect(database, params.media_id, true)),
    route(admin.media.unprotectMedia, async ({ params }) => protect(database, params.media_id, false)),
    route(admin.media.deleteOldMedia, async ({ query }) => deleteOld(query)),
    route(admin.media.deleteOldMediaLegacy, async ({ params, query }) => {
      requireLocal(params.server_name, serverName)
      return deleteOld(query)
    }),
    route(admin.media.purgeMediaCache, async ({ query }) => {
      checkBeforeTs(query.before_ts)
      return { deleted: 0 }
    }),
    route(admin.media.listUserMedia, async ({ params, query }) => {
      const { media: page, total } = await pageOfUser(params.user_id, query)
      return {
        media: page.map(toWire),
        total,
        ...(query.from + query.limit < total ? { next_token: query.from + page.length } : {}),
      }
    }),
    route(admin.media.deleteUserMedia, async ({ params, query }) => {
      const { media: page } = await pageOfUser(params.user_id, query)
      return remove(page, query)
    }),
    route(admin.media.getUserMediaStatistics, async ({ query }) => {
      if (query.search_term === '') throw new MatrixError('M_INVALID_PARAM', 'Query parameter search_term cannot be an empty string.')
      if (query.until_ts !== undefined && query.until_ts <= query.from_ts)
        throw new MatrixError('M_INVALID_PARAM', 'Query parameter until_ts must be greater than from_ts.')
      const { users, total } = await statistics.read({
        from: query.from,
        limit: query.limit,
        orderBy: query.order_by,
        descending: query.dir === 'b',
        fromMs: query.from_ts,
        untilMs: query.until_ts,
        searchTerm: query.search_term,
      })
      return {
        users: users.map((user) => ({
          user_id: user.userId,
          displayname: user.displayName,
          media_count: user.count,
          media_length: user.size,
        })),
        total,
        ...(query.from + query.limit < total ? { next_token: query.from + users.length } : {}),
      }
    }),
  ]
}

interface UserMediaPage {
  from: number
  limit: number
  order_by?: UserMediaOrder
  dir?: 'b' | 'f'
}

function toWire(media: MediaRecord) {
  return {
    user_id: media.userId,
    media_id: media.mediaId,
    media_type: media.type,
    media_length: media.size,
    upload_name: media.uploadName,
    created_ts: media.createdAtMs,
    url_cache: null,
    last_access_ts: media.lastAccessMs,
    quarantined_by: media.quarantinedBy,
    authenticated: media.isAuthenticated,
    safe_from_quarantine: media.isProtected,
    sha256: media.sha256,
  }
}

async function protect(database: Database<HomeserverSchema>, mediaId: string, isProtected: boolean): Promise<object> {
  if (!(await setProtected(database, mediaId, isProtected))) throw new MatrixError('M_NOT_FOUND', 'Unknown media')
  return {}
}

async function requireUser(database: Database<HomeserverSchema>, userId: string): Promise<void> {
  const user = await database.read.selectFrom('users').select('user_id').where('user_id', '=', userId).executeTakeFirst()
  if (!user) throw new MatrixError('M_NOT_FOUND', 'Unknown user')
}

function requireLocal(named: string, own: string): void {
  if (named !== own) throw new MatrixError('M_UNKNOWN', 'Can only delete local media')
}

function checkBeforeTs(beforeTs: number): void {
  if (beforeTs < EARLIEST_BEFORE_TS)
    throw new MatrixError(
      'M_INVALID_PARAM',
      'Query parameter before_ts you provided is from the year 1970. Double check that you are providing a timestamp in milliseconds.',
    )
}
