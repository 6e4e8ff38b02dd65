import type { Reads, Transaction } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { DelayedEventTables } from './tables.ts'

export type DelayedEventRow = Selectable<DelayedEventTables['delayed_events']>

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
