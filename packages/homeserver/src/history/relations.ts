import type { ClientEvent, RoomId } from '@glia/protocol'
import { sql } from 'kysely'
import { type StoredEvent, storedEventOf } from '../timeline/index.ts'
import { toClientEvents } from './client-events.ts'
import { type HistoryDeps, type HistoryReader, keepVisible, openRoom, viewOf } from './history-deps.ts'
import { pointBeyond } from './messages.ts'
import { newestReadable } from './room-access.ts'
import { readStoredEvent } from './room-state.ts'
import { arrivalToken, historyToken, parseTimelineToken } from './tokens.ts'

const DEFAULT_LIMIT = 5
const MAX_LIMIT = 100
/** How far `recurse` follows relations of relations; told as `recursion_depth`. */
const MAX_RECURSION = 3

export interface RelationsQuery {
  readonly relType: string | undefined
  readonly eventType: string | undefined
  readonly direction: 'b' | 'f'
  readonly from: string | undefined
  readonly to: string | undefined
  readonly limit: number | undefined
  readonly recurse: boolean
}

export interface RelationsPage {
  readonly chunk: ClientEvent[]
  readonly nextBatch: string | undefined
  readonly prevBatch: string | undefined
  readonly recursionDepth: number | undefined
}

/**
 * A page of the events that relate to an event.
 * @throws MatrixError 404 M_NOT_FOUND: the event is unknown or may not be seen; 400 M_INVALID_PARAM
 */
export async function readRelations(
  deps: HistoryDeps,
  reader: HistoryReader,
  roomId: RoomId,
  eventId: string,
  query: RelationsQuery,
): Promise<RelationsPage> {
  const from = query.from === undefined ? undefined : parseTimelineToken(query.from, 'from')
  const to = query.to === undefined ? undefined : parseTimelineToken(query.to, 'to')
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT))
  const { reading } = await readStoredEvent(deps, reader, roomId, eventId)
  const newest = newestReadable(reading.access)
  const [start, stop] = query.direction === 'b' ? [from, to] : [to, from]
  const order = query.direction === 'b' ? 'desc' : 'asc'
  const rows = await deps.database.read
    .withRecursive('related(event_id, level)', (cte) =>
      cte
        .selectFrom('events')
        .select(['event_id', sql<number>`1`.as('level')])
        .where('relates_to', '=', eventId)
        .union(
          cte
            .selectFrom('events')
            .innerJoin('related', 'related.event_id', 'events.relates_to')
            .select(['events.event_id', sql<number>`related.level + 1`.as('level')])
            .where('related.level', '<', query.recurse ? MAX_RECURSION : 1),
        ),
    )
    .selectFrom('events')
    .selectAll('events')
    .where('event_id', 'in', (eb) => eb.selectFrom('related').select('related.event_id'))
    .where('room_id', '=', roomId)
    .where('rejected_reason', 'is', null)
    .where('soft_failed', '=', 0)
    .$if(query.relType !== undefined, (rows) => rows.where('rel_type', '=', query.relType!))
    .$if(query.eventType !== undefined, (rows) => rows.where('type', '=', query.eventType!))
    .$if(newest !== undefined, (rows) => rows.where('position', '<=', newest!))
    .$if(start?.depth !== undefined, (rows) =>
      rows.where((eb) =>
        eb.or([eb('depth', '<', start!.depth!), eb.and([eb('depth', '=', start!.depth!), eb('position', '<=', start!.position)])]),
      ),
    )
    .$if(start !== undefined && start.depth === undefined, (rows) => rows.where('position', '<=', start!.position))
    .$if(stop?.depth !== undefined, (rows) =>
      rows.where((eb) =>
        eb.or([eb('depth', '>', stop!.depth!), eb.and([eb('depth', '=', stop!.depth!), eb('position', '>', stop!.position)])]),
      ),
    )
    .$if(stop !== undefined && stop.depth === undefined, (rows) => rows.where('position', '>', stop!.position))
    .orderBy('depth', order)
    .orderBy('position', order)
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit).map(storedEventOf)
  const visible = await keepVisible(deps, reading, page)
  return {
    chunk: await toClientEvents(deps.database.read, visible.events, viewOf(deps, reading, visible.memberships)),
    nextBatch: rows.length > limit ? historyToken(pointBeyond(page.at(-1)!, query.direction)) : undefined,
    prevBatch: query.from,
    recursionDepth: query.recurse ? MAX_RECURSION : undefined,
  }
}

/** The roots of a room's threads, newest activity first. @throws MatrixError 403 M_FORBIDDEN, 400 M_INVALID_PARAM */
export async function readThreads(
  deps: HistoryDeps,
  reader: HistoryReader,
  roomId: RoomId,
  query: { include: 'all' | 'participated'; limit: number | undefined; from: string | undefined },
): Promise<{ chunk: ClientEvent[]; nextBatch: string | undefined }> {
  const before = query.from === undefined ? undefined : parseTimelineToken(query.from, 'from').position
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT))
  const reading = await openRoom(deps, roomId, reader)
  const newest = newestReadable(reading.access)
  const rows = await deps.database.read
    .selectFrom('events')
    .innerJoin('events as root', 'root.event_id', 'events.relates_to')
    .select((eb) => ['events.relates_to', eb.fn.max('events.position').as('newest')])
    .where('events.room_id', '=', roomId)
    .where('root.room_id', '=', roomId)
    .where('events.rel_type', '=', 'm.thread')
    .where('events.rejected_reason', 'is', null)
    .where('events.soft_failed', '=', 0)
    .$if(newest !== undefined, (roots) => roots.where('events.position', '<=', newest!))
    .groupBy(['events.relates_to', 'root.sender'])
    .$if(query.include === 'participated', (roots) =>
      roots.having((eb) =>
        eb.or([
          eb('root.sender', '=', reader.userId),
          eb(sql<number>`max(CASE WHEN ${eb.ref('events.sender')} = ${reader.userId} THEN 1 ELSE 0 END)`, '=', 1),
        ]),
      ),
    )
    .$if(before !== undefined, (roots) => roots.having((eb) => eb(eb.fn.max('events.position'), '<=', before!)))
    .orderBy('newest', 'desc')
    .limit(limit + 1)
    .execute()
  const roots = await loadInOrder(
    deps,
    rows.slice(0, limit).map(({ relates_to }) => relates_to!),
  )
  const visible = await keepVisible(deps, reading, roots)
  const last = rows[limit - 1]
  return {
    chunk: await toClientEvents(deps.database.read, visible.events, viewOf(deps, reading, visible.memberships)),
    nextBatch: rows.length > limit && last ? arrivalToken(Number(last.newest) - 1) : undefined,
  }
}

async function loadInOrder(deps: HistoryDeps, eventIds: readonly string[]): Promise<StoredEvent[]> {
  if (eventIds.length === 0) return []
  const rows = await deps.database.read.selectFrom('events').selectAll().where('event_id', 'in', eventIds).execute()
  const byId = new Map(rows.map((row) => [row.event_id, storedEventOf(row)]))
  return eventIds.flatMap((eventId) => byId.get(eventId) ?? [])
}
