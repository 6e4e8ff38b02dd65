import type { Reads } from '@glia/database'
import { type EventId, eventTypes, type JsonObject, type RoomId, type UserId } from '@glia/protocol'
import type { ReadPosition } from '../receipts/index.ts'
import type { HomeserverSchema } from '../schema.ts'

/** An event as push rules look at it. */
export interface UnreadEvent {
  readonly eventId: EventId
  readonly receivedAtMs: number
  readonly position: number
  readonly type: string
  readonly sender: string
  readonly room_id: string
  readonly state_key?: string
  readonly content: JsonObject
  /** The thread's root, for answers in a thread. */
  readonly threadId: string | undefined
}

/** Not more than the newest of these are counted for a room. */
export const maxUnread = 1000

const ROOMS_AT_ONCE = 50

/** The newest events of others in these rooms, after one position each and up to `now`: of each room `limit`, not in order. */
export async function loadUnread(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  rooms: readonly { roomId: RoomId; after: number }[],
  options: { now: number; withMembers: boolean; limit?: number },
): Promise<Map<RoomId, UnreadEvent[]>> {
  const unread = new Map<RoomId, UnreadEvent[]>()
  for (let from = 0; from < rooms.length; from += ROOMS_AT_ONCE) {
    const parts = rooms.slice(from, from + ROOMS_AT_ONCE).map(({ roomId, after }) => {
      const newest = db
        .selectFrom('events')
        .select(['event_id', 'received_at_ms', 'room_id', 'position', 'type', 'state_key', 'sender', 'json', 'relates_to', 'rel_type'])
        .where('room_id', '=', roomId)
        .where('position', '>', after)
        .where('position', '<=', options.now)
        .where('sender', '!=', userId)
        .$if(!options.withMembers, (query) => query.where('type', '!=', eventTypes.member))
        .where('rejected_reason', 'is', null)
        .where('soft_failed', '=', 0)
        .orderBy('position', 'desc')
        .limit(options.limit ?? maxUnread)
        .as('newest')
      return db.selectFrom(newest).selectAll()
    })
    for (const row of await parts.reduce((all, part) => all.unionAll(part)).execute()) {
      const list = unread.get(row.room_id as RoomId) ?? []
      unread.set(row.room_id as RoomId, list)
      list.push({
        eventId: row.event_id as EventId,
        receivedAtMs: row.received_at_ms,
        position: row.position,
        type: row.type,
        sender: row.sender,
        room_id: row.room_id,
        ...(row.state_key === null ? {} : { state_key: row.state_key }),
        content: (JSON.parse(row.json) as { content: JsonObject }).content,
        threadId: row.rel_type === 'm.thread' ? (row.relates_to ?? undefined) : undefined,
      })
    }
  }
  return unread
}

/** Whether the user's receipts cover the event. */
export function isRead(event: Pick<UnreadEvent, 'position' | 'threadId'>, read: ReadPosition): boolean {
  return event.position <= Math.max(read.room, read.threads.get(event.threadId ?? 'main') ?? 0)
}
