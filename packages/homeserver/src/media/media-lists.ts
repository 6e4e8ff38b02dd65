import { behindKey, type Database, OffsetBookmarks, orderOf, type Reads, type SortColumn, startingAt } from '@glia/database'
import { makeMxcUri, type ServerName } from '@glia/protocol'
import { type RawBuilder, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { type FileSize, type MediaRecord, toMediaRecord } from './media-records.ts'

export type UserMediaOrder =
  | 'media_id'
  | 'upload_name'
  | 'created_ts'
  | 'last_access_ts'
  | 'media_length'
  | 'media_type'
  | 'quarantined_by'
  | 'safe_from_quarantine'

/** Nothing sorts before something. */
export const USER_MEDIA_ORDERS: Record<UserMediaOrder, RawBuilder<unknown>> = {
  media_id: sql`media_id`,
  upload_name: sql`coalesce(upload_name, '')`,
  created_ts: sql`created_at_ms`,
  last_access_ts: sql`coalesce(last_access_ms, -1)`,
  media_length: sql`coalesce(size, -1)`,
  media_type: sql`coalesce(media_type, '')`,
  quarantined_by: sql`coalesce(quarantined_by, '')`,
  safe_from_quarantine: sql`safe_from_quarantine`,
}

export interface UserMediaQuery {
  readonly userId: string
  readonly from: number
  readonly limit: number
  readonly orderBy: UserMediaOrder
  readonly descending: boolean
}

/** Reads the files of one user page by page; ties by id, in the direction of the order. */
export class UserMediaList {
  readonly #database: Database<HomeserverSchema>
  readonly #bookmarks: OffsetBookmarks

  constructor(database: Database<HomeserverSchema>, nowMs: () => number) {
    this.#database = database
    this.#bookmarks = new OffsetBookmarks(nowMs)
  }

  async read({ userId, from, limit, orderBy, descending }: UserMediaQuery): Promise<{ media: MediaRecord[]; total: number }> {
    const reads = this.#database.read
    const list = `${userId} ${orderBy} ${descending}`
    const rows = await this.#bookmarks.read({
      list,
      from,
      read: ({ behind, offset }) =>
        userMediaInOrder(reads, userId, { orderBy, descending, behind })
          .limit(limit)
          .$if(offset > 0, (query) => query.offset(offset))
          .execute(),
      keyOf: (row) => (orderBy === 'media_id' ? [row.media_id] : [row.sort_key, row.media_id]),
    })
    const totals = await reads.selectFrom('user_media_totals').select('media_count').where('user_id', '=', userId).executeTakeFirst()
    return { media: rows.map(toMediaRecord), total: totals?.media_count ?? 0 }
  }
}

/** All files of a user in an order, which an index gives. */
export function userMediaInOrder(
  reads: Reads<HomeserverSchema>,
  userId: string,
  { orderBy, descending, behind }: { orderBy: UserMediaOrder; descending: boolean; behind?: readonly unknown[] | undefined },
) {
  const first = { expression: USER_MEDIA_ORDERS[orderBy], descending }
  const columns: SortColumn[] = orderBy === 'media_id' ? [first] : [first, { expression: sql`media_id`, descending }]
  return reads
    .selectFrom('local_media')
    .selectAll()
    .select(sql<unknown>`${first.expression}`.as('sort_key'))
    .where('user_id', '=', userId)
    .$if(behind !== undefined, (query) => query.where(behindKey(columns, behind!)).where(startingAt(first, behind![0])))
    .orderBy(orderOf(columns))
}

/**
 * Files that deletion by age takes: last looked at (or created) before `beforeMs`, larger than `largerThan` bytes, neither
 * quarantined nor protected, and with `keepProfiles` not the avatar of a user or a room.
 */
export async function findOldMedia(
  reads: Reads<HomeserverSchema>,
  {
    beforeMs,
    largerThan,
    keepProfiles,
    serverName,
  }: { beforeMs: number; largerThan: number; keepProfiles: boolean; serverName: ServerName },
): Promise<FileSize[]> {
  const rows = await reads
    .selectFrom('local_media')
    .select(['media_id', 'size'])
    .where(sql<number>`coalesce(last_access_ms, created_at_ms)`, '<', beforeMs)
    .where('size', '>', largerThan)
    .where('quarantined_by', 'is', null)
    .where('safe_from_quarantine', '=', 0)
    .execute()
  const files = rows.map(({ media_id, size }) => ({ mediaId: media_id, size }))
  if (!keepProfiles || files.length === 0) return files
  const avatars = await readAvatars(reads)
  return files.filter(({ mediaId }) => !avatars.has(makeMxcUri(serverName, mediaId)))
}

/** Files that retention takes, longest unused first: neither quarantined nor protected, last looked at (or created) before `beforeMs`. */
export async function findUnusedMedia(reads: Reads<HomeserverSchema>, beforeMs: number, limit: number): Promise<string[]> {
  const rows = await unusedMedia(reads, beforeMs)
    .select('media_id')
    .orderBy(sql`coalesce(last_access_ms, created_at_ms)`)
    .limit(limit)
    .execute()
  return rows.map(({ media_id }) => media_id)
}

export async function sumUnusedMedia(reads: Reads<HomeserverSchema>, beforeMs: number): Promise<{ files: number; bytes: number }> {
  const { files, bytes } = await unusedMedia(reads, beforeMs)
    .select((media) => [media.fn.countAll<number>().as('files'), media.fn.sum<number | null>('size').as('bytes')])
    .executeTakeFirstOrThrow()
  return { files: Number(files), bytes: Number(bytes ?? 0) }
}

function unusedMedia(reads: Reads<HomeserverSchema>, beforeMs: number) {
  return reads
    .selectFrom('local_media')
    .where(sql<number>`coalesce(last_access_ms, created_at_ms)`, '<', beforeMs)
    .where('file_key', 'is not', null)
    .where('quarantined_by', 'is', null)
    .where('safe_from_quarantine', '=', 0)
}

async function readAvatars(reads: Reads<HomeserverSchema>): Promise<Set<string>> {
  const uris = new Set<string>()
  for (const table of ['users', 'rooms', 'memberships'] as const) {
    const rows = await reads.selectFrom(table).select('avatar_url').distinct().where('avatar_url', 'is not', null).execute()
    for (const { avatar_url } of rows) if (avatar_url !== null) uris.add(avatar_url)
  }
  return uris
}
