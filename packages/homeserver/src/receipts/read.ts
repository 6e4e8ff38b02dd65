import type { Reads } from '@glia/database'
import type { EventId, RoomId, UserId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { ReceiptTables } from './tables.ts'

export type ReceiptType = 'm.read' | 'm.read.private'

type ReceiptRow = Selectable<ReceiptTables['receipts']>

export interface Receipt {
  roomId: RoomId
  receiptType: ReceiptType
  userId: UserId
  eventId: EventId
  /** Absent for an unthreaded receipt; else `main` or the id of the thread's root. */
  threadId: string | undefined
  /** Milliseconds since 1970. */
  ts: number
  /** When it came to be so. */
  position: number
}

/**
 * Receipts of these rooms that changed after position `since`, up to `upTo`. Those that a later one replaced are left out.
 * @param viewer who is to see them: gets the private ones that are its own, no others
 */
export async function receiptChanges(
  db: Reads<HomeserverSchema>,
  roomIds: readonly RoomId[],
  since: number,
  upTo: number,
  viewer: UserId,
): Promise<Receipt[]> {
  return inChunks(roomIds, (rooms) =>
    receiptsUpTo(db, rooms, upTo)
      .where('position', '>', since)
      .where((is) => is.or([is('receipt_type', '=', 'm.read'), is('user_id', '=', viewer)]))
      .orderBy('position')
      .execute(),
  )
}

/**
 * Receipts up to a position that are at these events, and all the viewer's own, in these rooms.
 * @param eventIds few: the timelines that go with them
 * @param viewer who is to see them: gets the private ones that are its own, no others
 */
export async function receiptsAt(
  db: Reads<HomeserverSchema>,
  roomIds: readonly RoomId[],
  eventIds: readonly EventId[],
  upTo: number,
  viewer: UserId,
): Promise<Receipt[]> {
  const own = await inChunks(roomIds, (rooms) => receiptsUpTo(db, rooms, upTo).where('user_id', '=', viewer).execute())
  const others: Receipt[] = []
  for (const events of chunksOf(eventIds)) {
    const ofOthers = (rooms: RoomId[]) =>
      receiptsUpTo(db, rooms, upTo)
        .where('event_id', 'in', events)
        .where('receipt_type', '=', 'm.read')
        .where('user_id', '!=', viewer)
        .execute()
    others.push(...(await inChunks(roomIds, ofOthers)))
  }
  return [...own, ...others]
}

function receiptsUpTo(db: Reads<HomeserverSchema>, roomIds: readonly RoomId[], upTo: number) {
  return db.selectFrom('receipts').selectAll().where('room_id', 'in', roomIds).where('position', '<=', upTo)
}

async function inChunks(roomIds: readonly RoomId[], read: (rooms: RoomId[]) => Promise<ReceiptRow[]>): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  for (const chunk of chunksOf(roomIds)) receipts.push(...(await read(chunk)).map(receiptOf))
  return receipts
}

function receiptOf(row: ReceiptRow): Receipt {
  return {
    roomId: row.room_id as RoomId,
    receiptType: row.receipt_type as ReceiptType,
    userId: row.user_id as UserId,
    eventId: row.event_id as EventId,
    threadId: row.thread_id === '' ? undefined : row.thread_id,
    ts: row.ts,
    position: row.position,
  }
}

/** How far a user has read a room: positions of events. */
export interface ReadPosition {
  /** By an unthreaded receipt, which holds for all threads; 0 without one. */
  readonly room: number
  /** By threaded receipts: `main` or the thread's root → position. Counts where it is above `room`. */
  readonly threads: ReadonlyMap<string, number>
}

/** How far the user has read these rooms, by public and private receipts. Rooms without a receipt are left out. */
export async function readPositions(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  roomIds: readonly RoomId[],
): Promise<Map<RoomId, ReadPosition>> {
  const found = new Map<RoomId, { room: number; threads: Map<string, number> }>()
  for (const chunk of chunksOf(roomIds)) {
    const rows = await db
      .selectFrom('receipts')
      .select(['room_id', 'thread_id', 'event_position'])
      .where('user_id', '=', userId)
      .where('room_id', 'in', chunk)
      .execute()
    for (const { room_id, thread_id, event_position } of rows) {
      const room = found.get(room_id as RoomId) ?? { room: 0, threads: new Map<string, number>() }
      found.set(room_id as RoomId, room)
      if (thread_id === '') room.room = Math.max(room.room, event_position)
      else room.threads.set(thread_id, Math.max(room.threads.get(thread_id) ?? 0, event_position))
    }
  }
  return found
}
