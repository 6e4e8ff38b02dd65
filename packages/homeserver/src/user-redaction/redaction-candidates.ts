import type { Reads } from '@glia/database'
import { eventTypes, membershipOf } from '@glia/protocol'
import type { ExpressionBuilder } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { type StoredEvent, storedEventOf } from '../timeline/index.ts'
import type { UserRedaction } from './redact-user.ts'

const TYPES = [eventTypes.message, eventTypes.encrypted, eventTypes.member]

/** The rooms that the redaction is about; of all rooms, those that the user is in or banned from. */
export async function roomsOf(db: Reads<HomeserverSchema>, { rooms, userId }: UserRedaction): Promise<ReadonlySet<string>> {
  if (rooms) return new Set(rooms)
  const rows = await db
    .selectFrom('memberships')
    .select('room_id')
    .where('user_id', '=', userId)
    .where('membership', 'in', ['join', 'ban'])
    .execute()
  return new Set(rows.map(({ room_id }) => room_id))
}

type EventExpressions = ExpressionBuilder<HomeserverSchema, 'events'>

function isCandidate(event: EventExpressions, { userId, sentBetweenMs: { from, to } }: UserRedaction) {
  return event.and([
    event('sender', '=', userId),
    event('type', 'in', TYPES),
    event.or([event('state_key', 'is', null), event('state_key', '=', userId)]),
    ...(from === null ? [] : [event('origin_server_ts', '>=', from)]),
    ...(to === null ? [] : [event('origin_server_ts', '<=', to)]),
  ])
}

/** The user's events before a position, newest first, in any room. */
export async function candidatesBefore(
  db: Reads<HomeserverSchema>,
  redaction: UserRedaction,
  before: number | undefined,
  limit: number,
): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where((event) => isCandidate(event, redaction))
    .$if(before !== undefined, (query) => query.where('position', '<', before!))
    .orderBy('position', 'desc')
    .limit(limit)
    .execute()
  return rows.map(storedEventOf)
}

/** How many candidates of each room were looked at: those between two positions. */
export async function countLookedAt(
  db: Reads<HomeserverSchema>,
  redaction: UserRedaction,
  { from, before }: { from: number; before: number },
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('events')
    .select(['room_id', (event) => event.fn.countAll<number>().as('count')])
    .where((event) => isCandidate(event, redaction))
    .where('position', '>=', before)
    .where('position', '<=', from)
    .groupBy('room_id')
    .execute()
  return new Map(rows.map(({ room_id, count }) => [room_id, Number(count)]))
}

/** Whether this event is something that the user wrote or a join, and not redacted yet. */
export function isToRedact(event: StoredEvent): boolean {
  if (event.redactedBy !== undefined) return false
  return event.type !== eventTypes.member || membershipOf(event) === 'join'
}
