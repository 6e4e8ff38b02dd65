import { behindKey, containsIgnoringCase, type Database, OffsetBookmarks, orderOf, type Reads, type SortColumn } from '@glia/database'
import { makeMxcUri, type ServerName } from '@glia/protocol'
import { type RawBuilder, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { type MediaRecord, toMediaRecord } from './media-records.ts'

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
const ORDER_EXPRESSIONS: Record<UserMediaOrder, RawBuilder<unknown>> = {
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

/** Reads the files of one user page by page; ties in ascending order of ids. */
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
    const columns: SortColumn[] = [
      { expression: ORDER_EXPRESSIONS[orderBy], descending },
      { expression: sql`media_id`, descending: false },
    ]
    const key = from > 0 ? this.#bookmarks.get(list, from) : undefined
    const rows = await reads
      .selectFrom('local_media')
      .selectAll()
      .select(sql<unknown>`${ORDER_EXPRESSIONS[orderBy]}`.as('sort_key'))
      .where('user_id', '=', userId)
      .$if(key !== undefined, (query) => query.where(behindKey(columns, key!)))
      .orderBy(orderOf(columns))
      .limit(limit)
      .$if(key === undefined && from > 0, (query) => query.offset(from))
      .execute()
    const last = rows.at(-1)
    if (last) this.#bookmarks.set(list, from + rows.length, [last.sort_key, last.media_id])
    const { total } = await reads
      .selectFrom('local_media')
      .select((select) => select.fn.countAll<number>().as('total'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    return { media: rows.map(toMediaRecord), total }
  }
}

/**
 * Ids of files that deletion by age takes: last looked at (or created) before `beforeMs`, larger than `largerThan` bytes, neither
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
): Promise<string[]> {
  const rows = await reads
    .selectFrom('local_media')
    .select('media_id')
    .where(sql<number>`coalesce(last_access_ms, created_at_ms)`, '<', beforeMs)
    .where('size', '>', largerThan)
    .where('quarantined_by', 'is', null)
    .where('safe_from_quarantine', '=', 0)
    .execute()
  const ids = rows.map(({ media_id }) => media_id)
  if (!keepProfiles || ids.length === 0) return ids
  const avatars = await readAvatars(reads)
  return ids.filter((mediaId) => !avatars.has(makeMxcUri(serverName, mediaId)))
}

async function readAvatars(reads: Reads<HomeserverSchema>): Promise<Set<string>> {
  const uris = new Set<string>()
  for (const table of ['users', 'rooms', 'memberships'] as const) {
    const rows = await reads.selectFrom(table).select('avatar_url').distinct().where('avatar_url', 'is not', null).execute()
    for (const { avatar_url } of rows) if (avatar_url !== null) uris.add(avatar_url)
  }
  return uris
}

export interface UserMediaStatistics {
  readonly userId: string
  readonly displayName: string | null
  readonly count: number
  /** Bytes. */
  readonly size: number
}

export interface StatisticsQuery {
  readonly from: number
  readonly limit: number
  readonly orderBy: 'media_length' | 'media_count' | 'user_id' | 'displayname'
  readonly descending: boolean
  /** Bounds of the time of upload, both included. */
  readonly fromMs: number
  readonly untilMs: number | undefined
  readonly searchTerm: string | undefined
}

const STATISTICS_ORDER = {
  media_length: sql`sum(coalesce(media.size, 0))`,
  media_count: sql`count(*)`,
  user_id: sql`media.user_id`,
  displayname: sql`coalesce(users.display_name, '')`,
}

/** How much each user uploaded; users without files are left out. */
export async function readUserMediaStatistics(
  reads: Reads<HomeserverSchema>,
  query: StatisticsQuery,
): Promise<{ users: UserMediaStatistics[]; total: number }> {
  const { searchTerm, untilMs } = query
  const matching = reads
    .selectFrom('local_media as media')
    .leftJoin('users', 'users.user_id', 'media.user_id')
    .where('media.created_at_ms', '>=', query.fromMs)
    .$if(untilMs !== undefined, (select) => select.where('media.created_at_ms', '<=', untilMs!))
    .$if(searchTerm !== undefined, (select) =>
      select.where((row) =>
        row.or([
          containsIgnoringCase(sql<string>`coalesce(users.localpart, media.user_id)`, searchTerm!),
          containsIgnoringCase(sql<string>`coalesce(users.display_name, '')`, searchTerm!),
        ]),
      ),
    )
  const direction = query.descending ? sql`DESC` : sql`ASC`
  const rows = await matching
    .groupBy(['media.user_id', 'users.display_name'])
    .select(['media.user_id', 'users.display_name'])
    .select((select) => select.fn.countAll<number>().as('count'))
    .select(sql<number>`sum(coalesce(media.size, 0))`.as('size'))
    .orderBy(sql`${STATISTICS_ORDER[query.orderBy]} ${direction}`)
    .orderBy('media.user_id')
    .limit(query.limit)
    .offset(query.from)
    .execute()
  const { total } = await matching.select(sql<number>`count(DISTINCT media.user_id)`.as('total')).executeTakeFirstOrThrow()
  return {
    users: rows.map((row) => ({ userId: row.user_id, displayName: row.display_name, count: row.count, size: row.size })),
    total,
  }
}
