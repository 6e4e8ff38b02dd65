import type { Reads } from '@glia/database'
import type { EventFilter, UserId } from '@glia/protocol'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { type EventExpressions, filterConditions } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type StoredEvent, storedEventOf } from '../timeline/index.ts'

export type SearchOrder = 'rank' | 'recent'

/** Where a page of hits ended. */
export interface HitKey {
  readonly uses: number
  readonly position: number
}

export interface Hit extends HitKey {
  readonly event: StoredEvent
}

export interface HitQuery {
  /** In whose rooms to search: those that the user is or was in and did not forget. */
  readonly userId: UserId
  /** Every word must begin a word of the event. */
  readonly words: readonly string[]
  readonly types: readonly string[]
  readonly filter: EventFilter
  readonly order: SearchOrder
  /** Hits behind this one. */
  readonly after: HitKey | undefined
  readonly limit: number
}

/** Events with all the words, best first, not yet checked for visibility. */
export async function findHits(reads: Reads<HomeserverSchema>, query: HitQuery): Promise<Hit[]> {
  const { words, types, filter, order, after } = query
  if (words.length === 0 || types.length === 0 || filter.rooms?.length === 0) return []
  const rows = await reads
    .selectFrom(hitsOf(query).as('hits'))
    .innerJoin('events', 'events.position', 'hits.position')
    .selectAll('events')
    .select('hits.uses')
    .where('events.type', 'in', types)
    .where('events.rejected_reason', 'is', null)
    .where('events.soft_failed', '=', 0)
    .where((eb) => eb.and(filterConditions(eb as unknown as EventExpressions, filter)))
    .$if(after !== undefined && order === 'recent', (select) => select.where('hits.position', '<', after!.position))
    .$if(after !== undefined && order === 'rank', (select) =>
      select.where((eb) =>
        eb.or([eb('hits.uses', '<', after!.uses), eb.and([eb('hits.uses', '=', after!.uses), eb('hits.position', '<', after!.position)])]),
      ),
    )
    .$if(order === 'rank', (select) => select.orderBy('hits.uses', 'desc'))
    .orderBy('hits.position', 'desc')
    .limit(query.limit)
    .execute()
  return rows.map((row) => ({ event: storedEventOf(row), uses: Number(row.uses), position: row.position }))
}

const MAX_LISTED_ROOMS = 500

/** Positions of events with all words. One look into the index for each word: an OR would not use it. */
function hitsOf({ userId, words, filter }: HitQuery): RawBuilder<{ position: number; uses: number }> {
  const rooms = sql`room_id IN (SELECT room_id FROM memberships WHERE user_id = ${userId} AND forgotten = 0)`
  const listed = filter.rooms?.slice(0, MAX_LISTED_ROOMS).filter((roomId) => !roomId.includes('\0')) ?? []
  const named = listed.length > 0 ? sql` AND room_id IN (${sql.join(listed)})` : sql``
  const found = words.map(
    (word, index) => sql`SELECT position, uses, ${sql.lit(index)} AS nth FROM search_words WHERE ${rooms}${named} AND ${beginsWord(word)}`,
  )
  return sql<{ position: number; uses: number }>`(
    SELECT position, sum(uses) AS uses FROM (${sql.join(found, sql` UNION ALL `)}) AS found
    GROUP BY position HAVING count(DISTINCT nth) = ${sql.lit(words.length)})`
}

/** As a range, so that the index is used. Text is sorted by its bytes on both databases. */
function beginsWord(prefix: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`(word >= ${prefix} AND word < ${`${prefix}\u{10ffff}`})`
}
