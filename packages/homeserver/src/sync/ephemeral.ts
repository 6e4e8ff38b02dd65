import type { Reads } from '@glia/database'
import { type EventFilter, isRoomAllowed, isTypeAllowed, type JsonObject, type RoomId, type UserId } from '@glia/protocol'
import { type Receipt, receiptChanges } from '../receipts/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { TypingUsers } from '../typing/index.ts'

export type EphemeralEvent = { type: string; content: JsonObject }

/** A room whose ephemeral events are wanted, and since when the client knows it; 0: not yet. */
export interface EphemeralRoom {
  readonly roomId: RoomId
  readonly since: number
}

/** `m.receipt`: receipts that changed since the client's token, by room. */
export async function loadReceipts(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  rooms: readonly EphemeralRoom[],
  now: number,
): Promise<Map<RoomId, EphemeralEvent>> {
  const receipts: Receipt[] = []
  for (const [since, part] of Map.groupBy(rooms, ({ since }) => since)) {
    const roomIds = part.map(({ roomId }) => roomId)
    receipts.push(...(await receiptChanges(db, roomIds, since, now, userId)))
  }
  return receiptsToWire(receipts)
}

/** One `m.receipt` for each room. */
export function receiptsToWire(receipts: readonly Receipt[]): Map<RoomId, EphemeralEvent> {
  const contents = new Map<RoomId, JsonObject>()
  for (const { roomId, eventId, receiptType, userId: reader, ts, threadId } of receipts) {
    const content = contents.get(roomId) ?? {}
    contents.set(roomId, content)
    const byType = ((content[eventId] as JsonObject | undefined) ?? {}) as JsonObject
    content[eventId] = byType
    const byUser = ((byType[receiptType] as JsonObject | undefined) ?? {}) as JsonObject
    byType[receiptType] = byUser
    byUser[reader] = { ts, ...(threadId === undefined ? {} : { thread_id: threadId }) }
  }
  return new Map([...contents].map(([roomId, content]) => [roomId, { type: 'm.receipt', content }]))
}

/**
 * `m.typing`: who types, by room, where that changed.
 * @param since number of the newest change that the client knows
 * @returns with the number of the newest change that is told
 */
export function typingEvents(
  typing: TypingUsers,
  rooms: readonly EphemeralRoom[],
  since: number,
  ignoredUsers: ReadonlySet<string>,
): { events: Map<RoomId, EphemeralEvent>; serial: number } {
  const changed = new Set(typing.roomsChangedSince(since))
  const events = new Map<RoomId, EphemeralEvent>()
  for (const { roomId, since: position } of rooms) {
    const users = typing.typingUsers(roomId).filter((userId) => !ignoredUsers.has(userId))
    // who does not know the room yet takes nobody to be typing
    if (position === 0 ? users.length > 0 : changed.has(roomId)) events.set(roomId, { type: 'm.typing', content: { user_ids: users } })
  }
  return { events, serial: typing.serial }
}

/** Nobody sends these events: a filter that lists senders lets none through. */
export function wantsEphemeral(filter: EventFilter, type: string, roomId: RoomId): boolean {
  return filter.senders === undefined && isTypeAllowed(filter, type) && isRoomAllowed(filter, roomId)
}
