import type { Reads } from '@glia/database'
import type { EventFilter, RoomId } from '@glia/protocol'
import { isTypeAllowed } from '@glia/protocol'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { type StoredEvent, storedEventOf } from '../timeline/index.ts'
import type { GraphPoint, TimelinePoint } from './tokens.ts'

export type EventExpressions = ExpressionBuilder<HomeserverSchema, 'events'>

/** Filters may name this many entries in SQL; more are compared afterwards. */
const MAX_LISTED = 200

/** A page of a room's accepted events in the order of its graph, not yet checked for visibility. */
export async function pageOfEvents(
  db: Reads<HomeserverSchema>,
  page: {
    roomId: RoomId
    direction: 'b' | 'f'
    /** Absent: from the newest (b) or the oldest (f). */
    from: GraphPoint | undefined
    to: GraphPoint | undefined
    limit: number
    filter: EventFilter
    /** Nothing that arrived after this position. */
    newest?: number
  },
): Promise<StoredEvent[]> {
  const { direction, from, to, filter } = page
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('room_id', '=', page.roomId)
    .where('rejected_reason', 'is', null)
    .where('soft_failed', '=', 0)
    .$if(page.newest !== undefined, (query) => query.where('position', '<=', page.newest!))
    .$if(from !== undefined, (query) => query.where((eb) => (direction === 'b' ? isBefore(eb, from!) : isAfter(eb, from!))))
    .$if(to !== undefined, (query) => query.where((eb) => (direction === 'b' ? isAfter(eb, to!) : isBefore(eb, to!))))
    .where((eb) => eb.and(filterConditions(eb, filter)))
    .orderBy('depth', direction === 'b' ? 'desc' : 'asc')
    .orderBy('position', direction === 'b' ? 'desc' : 'asc')
    .limit(page.limit)
    .execute()
  return rows.map(storedEventOf)
}

/** Events up to the point. The first comparison by itself lets the index find the page. */
function isBefore(eb: EventExpressions, { depth, position }: GraphPoint): Expression<SqlBool> {
  return eb.and([eb('depth', '<=', depth), eb.or([eb('depth', '<', depth), eb('position', '<=', position)])])
}

function isAfter(eb: EventExpressions, { depth, position }: GraphPoint): Expression<SqlBool> {
  return eb.and([eb('depth', '>=', depth), eb.or([eb('depth', '>', depth), eb('position', '>', position)])])
}

/** Where a point of either kind lies in the graph of a room: a point in order of arrival is at the newest event before it. */
export async function placeInGraph(db: Reads<HomeserverSchema>, roomId: RoomId, { depth, position }: TimelinePoint): Promise<GraphPoint> {
  if (depth !== undefined) return { depth, position }
  const newest = await db
    .selectFrom('events')
    .select(['depth', 'position'])
    .where('room_id', '=', roomId)
    .where('position', '<=', position)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest ?? { depth: 0, position: 0 }
}

/** The part of a filter that the database can tell; `matchesStoredEvent` is the rest. */
export function filterConditions(eb: EventExpressions, filter: EventFilter): Expression<SqlBool>[] {
  const conditions: Expression<SqlBool>[] = []
  const exact = filter.types?.filter((type) => !type.includes('*'))
  if (exact && exact.length === filter.types!.length && exact.length <= MAX_LISTED) conditions.push(isIn(eb, 'type', exact))
  const excluded = filter.notTypes?.filter((type) => !type.includes('*') && !type.includes('\0')) ?? []
  if (excluded.length > 0 && excluded.length <= MAX_LISTED) conditions.push(eb('type', 'not in', excluded))
  if (filter.senders && filter.senders.length <= MAX_LISTED) conditions.push(isIn(eb, 'sender', filter.senders))
  if (filter.notSenders?.length && filter.notSenders.length <= MAX_LISTED) conditions.push(eb('sender', 'not in', filter.notSenders))
  if (filter.containsUrl !== undefined) conditions.push(eb('contains_url', '=', filter.containsUrl ? 1 : 0))
  if (filter.relatedBySenders || filter.relatedByRelTypes) {
    const related = eb
      .selectFrom('events as related')
      .select(sql`1`.as('one'))
      .whereRef('related.relates_to', '=', 'events.event_id')
      .$if(filter.relatedByRelTypes !== undefined, (query) =>
        query.where((inner) => listed(inner.ref('related.rel_type'), filter.relatedByRelTypes!)),
      )
      .$if(filter.relatedBySenders !== undefined, (query) =>
        query.where((inner) => listed(inner.ref('related.sender'), filter.relatedBySenders!)),
      )
    conditions.push(eb.exists(related))
  }
  return conditions
}

function isIn(eb: EventExpressions, column: 'type' | 'sender', values: readonly string[]): Expression<SqlBool> {
  return listed(eb.ref(column), values)
}

function listed(column: Expression<string | null>, values: readonly string[]): Expression<SqlBool> {
  // no column has a NUL, and PostgreSQL does not take one
  const possible = values.filter((value) => !value.includes('\0'))
  if (possible.length === 0) return sql<SqlBool>`1 = 0`
  return sql<SqlBool>`${column} IN (${sql.join(possible)})`
}

/** Whether the filter lets the event through, apart from relations, which `filterConditions` asks for. */
export function matchesStoredEvent(filter: EventFilter, event: StoredEvent): boolean {
  if (!isTypeAllowed(filter, event.type)) return false
  if (filter.notSenders?.includes(event.sender) || (filter.senders && !filter.senders.includes(event.sender))) return false
  if (filter.notRooms?.includes(event.roomId) || (filter.rooms && !filter.rooms.includes(event.roomId))) return false
  return filter.containsUrl === undefined || filter.containsUrl === (typeof event.content.url === 'string')
}
