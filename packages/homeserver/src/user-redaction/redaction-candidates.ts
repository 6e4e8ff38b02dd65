import { setImmediate } from 'node:timers/promises'
import type { Reads } from '@glia/database'
import { eventTypes, membershipOf } from '@glia/protocol'
import type { ExpressionBuilder } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { type StoredEvent, storedEventOf } from '../timeline/index.ts'
import type { UserRedaction } from './redact-user.ts'

const TYPES = [eventTypes.message, eventTypes.encrypted, eventTypes.member]

const EVENTS_AT_ONCE = 100

/** A part of what a user sent. */
export interface RedactionStep {
  /** Positions of the events that were looked at. */
  readonly newest: number
  readonly oldest: number
  readonly toRedact: readonly StoredEvent[]
}

/**
 * Through all that the user ever sent, newest first, whatever the number of rooms.
 * @param done what was looked at already, by positions
 */
export async function* redactionSteps(
  db: Reads<HomeserverSchema>,
  redaction: UserRedaction,
  { from, before }: { readonly from?: number | undefined; readonly before?: number | undefined } = {},
): AsyncGenerator<RedactionStep> {
  const rooms = await roomsOf(db, redaction)
  const isResumed = from !== undefined && before !== undefined
  const lookedAt = isResumed ? await countLookedAt(db, redaction, { from, before }) : new Map<string, number>()
  for (let position = before; ; ) {
    // SQLite answers without leaving the turn: without this, requests would wait for the whole work
    await setImmediate()
    const events = await candidatesBefore(db, redaction, position, EVENTS_AT_ONCE)
    if (events.length === 0) return
    const wanted = events.filter(({ roomId }) => {
      const count = (lookedAt.get(roomId) ?? 0) + 1
      lookedAt.set(roomId, count)
      return rooms.has(roomId) && count <= redaction.limit
    })
    position = events.at(-1)!.position
    yield { newest: events[0]!.position, oldest: position, toRedact: wanted.filter(isToRedact) }
  }
}

/** The rooms that the redaction is about; of all rooms, those that the user is in or banned from. */
async function roomsOf(db: Reads<HomeserverSchema>, { rooms, userId }: UserRedaction): Promise<ReadonlySet<string>> {
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
async function candidatesBefore(
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
async function countLookedAt(
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
function isToRedact(event: StoredEvent): boolean {
  if (event.redactedBy !== undefined) return false
  return event.type !== eventTypes.member || membershipOf(event) === 'join'
}
