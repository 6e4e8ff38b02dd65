import type { Reads } from '@glia/database'
import type { EventId, PushResult, UserId } from '@glia/protocol'
import { readPositions } from '../receipts/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents } from '../timeline/index.ts'
import type { OwnRoom } from './own-rooms.ts'
import { mayNotifyOfMembers, type PushEvaluator } from './push-evaluator.ts'
import { isRead, loadUnread, type UnreadEvent } from './unread-events.ts'

/** An event of which a user's push rules notify. */
export interface NotifyingEvent {
  readonly eventId: EventId
  readonly room: OwnRoom
  readonly position: number
  readonly receivedAtMs: number
  readonly result: PushResult
  /** The user's receipts cover it. */
  readonly isRead: boolean
}

export interface NotifyingRange {
  /** Positions, the first exclusive, the second inclusive. */
  readonly after: number
  readonly upTo: number
  /** Of each room only this many of the newest events are looked at. Default: 1000. */
  readonly limit?: number
}

export interface NotifyingEvents {
  /** Newest first. */
  readonly events: NotifyingEvent[]
  /** Nothing of the range is missing after this position: below it `limit` may have cut something off. */
  readonly wholeAfter: number
}

/** What notifies the user in these rooms: events since the own join, and invites that stand. By the push rules of now. */
export async function findNotifying(
  db: Reads<HomeserverSchema>,
  evaluator: PushEvaluator,
  user: { userId: UserId; rooms: readonly OwnRoom[]; ignoredUsers: ReadonlySet<string> },
  { after, upTo, limit }: NotifyingRange,
): Promise<NotifyingEvents> {
  const { userId, ignoredUsers } = user
  const rules = await evaluator.rulesOf(userId, upTo)
  const evaluate = evaluator.evaluate(userId, rules)
  const joined = user.rooms.filter(({ membership, lastPosition }) => membership === 'join' && lastPosition > after)
  const joins = await evaluator.joinPositions(joined)
  const read = await readPositions(
    db,
    userId,
    joined.map(({ roomId }) => roomId),
  )
  const unread = await loadUnread(
    db,
    userId,
    joined.map(({ roomId }) => ({ roomId, after: Math.max(after, joins.get(roomId) ?? 0) })),
    { now: upTo, withMembers: mayNotifyOfMembers(rules.ruleset), ...(limit === undefined ? {} : { limit }) },
  )
  const events: NotifyingEvent[] = []
  let wholeAfter = after
  for (const room of joined) {
    const found = unread.get(room.roomId) ?? []
    if (found.length === limit) wholeAfter = Math.max(wholeAfter, Math.min(...found.map(({ position }) => position)) - 1)
    const position = read.get(room.roomId) ?? { room: 0, threads: new Map() }
    for (const event of found) await add(room, event, isRead(event, position))
  }
  const invited = user.rooms.filter((room) => room.membership === 'invite' && room.memberPosition > after && room.memberPosition <= upTo)
  for (const { room, event } of await inviteEvents(db, invited)) await add(room, event, false)
  return { events: events.sort((a, b) => b.position - a.position), wholeAfter }

  async function add(room: OwnRoom, event: UnreadEvent, isRead: boolean): Promise<void> {
    if (ignoredUsers.has(event.sender)) return
    const result = await evaluate(room, event)
    const { eventId, position, receivedAtMs } = event
    if (result.notify) events.push({ eventId, room, position, receivedAtMs, result, isRead })
  }
}

async function inviteEvents(db: Reads<HomeserverSchema>, rooms: readonly OwnRoom[]): Promise<{ room: OwnRoom; event: UnreadEvent }[]> {
  if (rooms.length === 0) return []
  const events = await findEvents(
    db,
    rooms.map(({ memberEventId }) => memberEventId),
  )
  return rooms.flatMap((room) => {
    const event = events.get(room.memberEventId)
    if (!event) return []
    const { eventId, receivedAtMs, position, type, sender, roomId, stateKey, content } = event
    const unread = { eventId, receivedAtMs, position, type, sender, room_id: roomId, content, threadId: undefined }
    return [{ room, event: { ...unread, ...(stateKey === undefined ? {} : { state_key: stateKey }) } }]
  })
}
