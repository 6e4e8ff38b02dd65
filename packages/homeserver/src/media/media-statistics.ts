import {
  behindKey,
  containsIgnoringCase,
  type Database,
  OffsetBookmarks,
  orderOf,
  type Reads,
  type SortColumn,
  startingAt,
} from '@glia/database'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { MediaTables } from './tables.ts'

export interface UserMediaStatistics {
  readonly userId: string
  readonly displayName: string | null
  readonly count: number
  /** Bytes. */
  readonly size: number
}

type Totals = MediaTables['user_media_totals']

export interface StatisticsFilter {
  /** Bounds of the time of upload, both included. */
  readonly fromMs: number
  readonly untilMs: number | undefined
  /** Part of localpart or display name. */
  readonly searchTerm: string | undefined
}

export type StatisticsOrder = 'media_length' | 'media_count' | 'user_id' | 'displayname'

export interface StatisticsQuery extends StatisticsFilter {
  readonly from: number
  readonly limit: number
  readonly orderBy: StatisticsOrder
  readonly descending: boolean
}

export const STATISTICS_ORDERS: Record<StatisticsOrder, RawBuilder<unknown>> = {
  media_length: sql`totals.media_bytes`,
  media_count: sql`totals.media_count`,
  user_id: sql`totals.user_id`,
  displayname: sql`COALESCE(users.display_name, '')`,
}

/** How much each user uploaded, page by page; users without files are left out; ties in ascending order of ids. */
export class MediaStatistics {
  readonly #database: Database<HomeserverSchema>
  readonly #bookmarks: OffsetBookmarks

  constructor(database: Database<HomeserverSchema>, nowMs: () => number) {
    this.#database = database
    this.#bookmarks = new OffsetBookmarks(nowMs)
  }

  async read({ from, limit, orderBy, descending, ...filter }: StatisticsQuery): Promise<{ users: UserMediaStatistics[]; total: number }> {
    const reads = this.#database.read
    const list = JSON.stringify([orderBy, descending, filter])
    const rows = await this.#bookmarks.read({
      list,
      from,
      read: ({ behind, offset }) =>
        statisticsInOrder(reads, filter, { orderBy, descending, behind })
          .limit(limit)
          .$if(offset > 0, (select) => select.offset(offset))
          .execute(),
      keyOf: (row) => (orderBy === 'user_id' ? [row.user_id] : [row.sort_key, row.user_id]),
    })
    return {
      users: rows.map((row) => ({ userId: row.user_id, displayName: row.display_name, count: row.media_count, size: row.media_bytes })),
      total: await countUploaders(reads, filter),
    }
  }
}

/** Without a span and a text, indexes give the page. */
export function statisticsInOrder(
  reads: Reads<HomeserverSchema>,
  filter: StatisticsFilter,
  { orderBy, descending, behind }: { orderBy: StatisticsOrder; descending: boolean; behind?: readonly unknown[] | undefined },
) {
  const first = { expression: STATISTICS_ORDERS[orderBy], descending }
  // the index of the order is one of users when it is by their names
  const userId = orderBy === 'displayname' ? sql`users.user_id` : sql`totals.user_id`
  const columns: SortColumn[] = orderBy === 'user_id' ? [first] : [first, { expression: userId, descending: false }]
  return matching(reads, filter)
    .select(['totals.user_id', 'users.display_name', 'totals.media_count', 'totals.media_bytes'])
    .select(sql<unknown>`${first.expression}`.as('sort_key'))
    .$if(behind !== undefined, (select) => select.where(behindKey(columns, behind!)).where(startingAt(first, behind![0])))
    .orderBy(orderOf(columns))
}

function matching(reads: Reads<HomeserverSchema>, filter: StatisticsFilter) {
  const { searchTerm } = filter
  return reads
    .selectFrom(totalsOf(filter).as<'totals'>('totals'))
    .innerJoin('users', 'users.user_id', 'totals.user_id')
    .$if(searchTerm !== undefined, (select) => select.where(nameContains(searchTerm!)))
}

function nameContains(searchTerm: string): RawBuilder<SqlBool> {
  const inDisplayName = containsIgnoringCase(sql<string>`COALESCE(users.display_name, '')`, searchTerm)
  return sql<SqlBool>`(${containsIgnoringCase(sql<string>`users.localpart`, searchTerm)} OR ${inDisplayName})`
}

function isOfAllTime({ fromMs, untilMs }: StatisticsFilter): boolean {
  return fromMs === 0 && untilMs === undefined
}

/** Sums are kept of all time only; those of a span are made of the rows of that span. */
function totalsOf(filter: StatisticsFilter): RawBuilder<Totals> {
  if (isOfAllTime(filter)) return sql`user_media_totals`
  const { fromMs, untilMs = Number.MAX_SAFE_INTEGER } = filter
  return sql`(SELECT user_id, COUNT(*) AS media_count, SUM(COALESCE(size, 0)) AS media_bytes FROM local_media
    WHERE created_at_ms >= ${fromMs} AND created_at_ms <= ${untilMs} GROUP BY user_id)`
}

async function countUploaders(reads: Reads<HomeserverSchema>, filter: StatisticsFilter): Promise<number> {
  if (isOfAllTime(filter) && filter.searchTerm === undefined) {
    return (await reads.selectFrom('media_uploaders').select('uploaders').executeTakeFirstOrThrow()).uploaders
  }
  const counted = matching(reads, filter).select((select) => select.fn.countAll<number>().as('total'))
  return (await counted.executeTakeFirstOrThrow()).total
}
