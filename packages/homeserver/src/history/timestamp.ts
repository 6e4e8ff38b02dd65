import { MatrixError } from '@glia/contract'
import type { EventId, RoomId } from '@glia/protocol'
import { storedEventOf } from '../timeline/index.ts'
import { type HistoryDeps, type HistoryReader, keepVisible, openRoom } from './history-deps.ts'
import { newestReadable } from './room-access.ts'

const CANDIDATES = 20

/**
 * The event closest to a time that the reader may see: at or after it (`f`), at or before it (`b`).
 * @throws MatrixError 404 M_NOT_FOUND, 403 M_FORBIDDEN
 */
export async function findEventByTimestamp(
  deps: HistoryDeps,
  reader: HistoryReader,
  roomId: RoomId,
  ts: number,
  direction: 'b' | 'f',
): Promise<{ eventId: EventId; originServerTs: number }> {
  const reading = await openRoom(deps, roomId, reader)
  const newest = newestReadable(reading.access)
  const order = direction === 'f' ? 'asc' : 'desc'
  const rows = await deps.database.read
    .selectFrom('events')
    .selectAll()
    .where('room_id', '=', roomId)
    .where('origin_server_ts', direction === 'f' ? '>=' : '<=', ts)
    .where('rejected_reason', 'is', null)
    .where('soft_failed', '=', 0)
    .$if(newest !== undefined, (query) => query.where('position', '<=', newest!))
    .orderBy('origin_server_ts', order)
    .orderBy('depth', order)
    .orderBy('position', order)
    .limit(CANDIDATES)
    .execute()
  const { events } = await keepVisible(deps, reading, rows.map(storedEventOf))
  const found = events[0]
  if (!found)
    throw new MatrixError('M_NOT_FOUND', `Unable to find event from ${ts} in direction ${direction === 'f' ? 'forward' : 'backward'}`)
  return { eventId: found.eventId, originServerTs: found.originServerTs }
}
