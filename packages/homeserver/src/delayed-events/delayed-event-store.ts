import type { Reads, Transaction } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { DelayedEventTables } from './tables.ts'

export type DelayedEventRow = Selectable<DelayedEventTables['delayed_events']>

export async function insertDelayedEvent(tx: Transaction<HomeserverSchema>, row: Omit<DelayedEventRow, 'claimed_until_ms'>): Promise<void> {
  await tx.db
    .insertInto('delayed_events')
    .values({ ...row, claimed_until_ms: null })
    .execute()
}

/** Those of a user that are not gone, and when the first of them will be sent (0: there is none). */
export async function countDelayedEvents(db: Reads<HomeserverSchema>, userId: UserId): Promise<{ count: number; firstAtMs: number }> {
  const { count, first } = await db
    .selectFrom('delayed_events')
    .select((of) => [of.fn.countAll<number>().as('count'), of.fn.min('send_at_ms').as('first')])
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return { count: Number(count), firstAtMs: Number(first ?? 0) }
}

/** Of a user, in the order in which they will be sent; without those that a process is sending. */
export async function listDelayedEvents(db: Reads<HomeserverSchema>, userId: UserId): Promise<DelayedEventRow[]> {
  return db
    .selectFrom('delayed_events')
    .selectAll()
    .where('user_id', '=', userId)
    .where('claimed_until_ms', 'is', null)
    .orderBy('send_at_ms')
    .orderBy('delay_id')
    .execute()
}

/** One that waits. @returns undefined as well for one that is being sent */
export async function findDelayedEvent(db: Reads<HomeserverSchema>, delayId: string): Promise<DelayedEventRow | undefined> {
  return db
    .selectFrom('delayed_events')
    .selectAll()
    .where('delay_id', '=', delayId)
    .where('claimed_until_ms', 'is', null)
    .executeTakeFirst()
}

/** Those that are due or whose process died while sending them. They are the caller's to send until `untilMs`. */
export async function claimDue(
  tx: Transaction<HomeserverSchema>,
  { nowMs, untilMs, limit }: { nowMs: number; untilMs: number; limit: number },
): Promise<DelayedEventRow[]> {
  const due = await tx.db
    .selectFrom('delayed_events')
    .select('delay_id')
    .where('send_at_ms', '<=', nowMs)
    .where((is) => is.or([is('claimed_until_ms', 'is', null), is('claimed_until_ms', '<=', nowMs)]))
    .orderBy('send_at_ms')
    .limit(limit)
    .execute()
  if (due.length === 0) return []
  const ids = due.map(({ delay_id }) => delay_id)
  const rows = await tx.db
    .updateTable('delayed_events')
    .set({ claimed_until_ms: untilMs })
    .where('delay_id', 'in', ids)
    .where('send_at_ms', '<=', nowMs)
    .where((is) => is.or([is('claimed_until_ms', 'is', null), is('claimed_until_ms', '<=', nowMs)]))
    .returningAll()
    .execute()
  return rows.sort((a, b) => a.send_at_ms - b.send_at_ms)
}

/** For the only process at its start: whoever had claimed them is gone. */
export async function releaseAllClaims(tx: Transaction<HomeserverSchema>): Promise<void> {
  await tx.db.updateTable('delayed_events').set({ claimed_until_ms: null }).where('claimed_until_ms', 'is not', null).execute()
}

/** One that waits, to send it now. */
export async function claim(tx: Transaction<HomeserverSchema>, delayId: string, untilMs: number): Promise<DelayedEventRow | undefined> {
  return tx.db
    .updateTable('delayed_events')
    .set({ claimed_until_ms: untilMs })
    .where('delay_id', '=', delayId)
    .where('claimed_until_ms', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/** When there will be something to do: the next event, or the end of the time of a process that died. */
export async function nextDueMs(db: Reads<HomeserverSchema>): Promise<number | undefined> {
  const next = await db
    .selectFrom('delayed_events')
    .select((of) => of.fn.min('send_at_ms').as('at'))
    .where('claimed_until_ms', 'is', null)
    .executeTakeFirst()
  const claimed = await db
    .selectFrom('delayed_events')
    .select((of) => of.fn.min('claimed_until_ms').as('at'))
    .where('claimed_until_ms', 'is not', null)
    .executeTakeFirst()
  const times = [next?.at, claimed?.at].flatMap((at) => (at === null || at === undefined ? [] : [Number(at)]))
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Lets the delay of one that waits begin anew, now. @returns false: it waits no longer */
export async function restartDelayedEvent(
  tx: Transaction<HomeserverSchema>,
  { delay_id, delay_ms }: DelayedEventRow,
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('delayed_events')
    .set({ running_since_ms: nowMs, send_at_ms: nowMs + delay_ms })
    .where('delay_id', '=', delay_id)
    .where('claimed_until_ms', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Whether another user has changed the state that the event is about since it was made. */
export async function isOvertaken(db: Reads<HomeserverSchema>, row: DelayedEventRow): Promise<boolean> {
  if (row.state_key === null) return false
  const change = await db
    .selectFrom('state_changes')
    .innerJoin('events', 'events.event_id', 'state_changes.event_id')
    .select('state_changes.event_id')
    .where('state_changes.room_id', '=', row.room_id as RoomId)
    .where('state_changes.position', '>', row.made_at_position)
    .where('state_changes.type', '=', row.type)
    .where('state_changes.state_key', '=', row.state_key)
    .where('events.sender', '!=', row.user_id)
    .limit(1)
    .executeTakeFirst()
  return change !== undefined
}

export async function deleteDelayedEvent(tx: Transaction<HomeserverSchema>, delayId: string): Promise<boolean> {
  const { numDeletedRows } = await tx.db.deleteFrom('delayed_events').where('delay_id', '=', delayId).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

export async function deleteDelayedEventsOf(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void> {
  await tx.db.deleteFrom('delayed_events').where('user_id', '=', userId).execute()
}
