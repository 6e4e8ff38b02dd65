import type { Reads, Transaction } from '@glia/database'
import type { EventId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { AppserviceTables } from './tables.ts'

export type FeedRow = Selectable<AppserviceTables['appservice_feeds']>
/** Who serves which service. */
export interface Lease {
  readonly appserviceId: string
  readonly owner: string
}

export interface StoredTransaction {
  readonly id: number
  /** JSON. */
  readonly body: string
}

/** @param position from which on a service that was not there before is told */
export async function addFeed(tx: Transaction<HomeserverSchema>, appserviceId: string, position: number): Promise<void> {
  await tx.db
    .insertInto('appservice_feeds')
    .values({
      appservice_id: appserviceId,
      events_position: position,
      receipts_position: position,
      to_device_position: position,
      device_lists_position: position,
      last_transaction_id: 0,
      lease_owner: null,
      lease_until_ms: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Forgets services that are no longer served, with what waits for them. */
export async function forgetOtherFeeds(tx: Transaction<HomeserverSchema>, appserviceIds: readonly string[]): Promise<void> {
  for (const table of ['appservice_feeds', 'appservice_events', 'appservice_transactions'] as const) {
    await tx.db
      .deleteFrom(table)
      .$if(appserviceIds.length > 0, (query) => query.where('appservice_id', 'not in', appserviceIds))
      .execute()
  }
}

/** Takes or keeps the lease. @param options.byForce whoever holds it is gone @returns false while another process has it */
export async function holdLease(
  tx: Transaction<HomeserverSchema>,
  { appserviceId, owner }: Lease,
  options: { nowMs: number; leaseMs: number; byForce: boolean },
): Promise<boolean> {
  const held = await tx.db
    .updateTable('appservice_feeds')
    .set({ lease_owner: owner, lease_until_ms: options.nowMs + options.leaseMs })
    .where('appservice_id', '=', appserviceId)
    .$if(!options.byForce, (query) =>
      query.where((is) => is.or([is('lease_owner', 'is', null), is('lease_owner', '=', owner), is('lease_until_ms', '<', options.nowMs)])),
    )
    .executeTakeFirst()
  return held.numUpdatedRows > 0n
}

export async function releaseLease(tx: Transaction<HomeserverSchema>, { appserviceId, owner }: Lease): Promise<void> {
  await tx.db
    .updateTable('appservice_feeds')
    .set({ lease_owner: null, lease_until_ms: null })
    .where('appservice_id', '=', appserviceId)
    .where('lease_owner', '=', owner)
    .execute()
}

export async function readFeed(db: Reads<HomeserverSchema>, appserviceId: string): Promise<FeedRow> {
  return db.selectFrom('appservice_feeds').selectAll().where('appservice_id', '=', appserviceId).executeTakeFirstOrThrow()
}

/** Thrown inside transactions of a process that was taken for dead; nothing of them becomes true. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError'
}

/** @throws LeaseLostError */
export async function changeFeed(
  tx: Transaction<HomeserverSchema>,
  { appserviceId, owner }: Lease,
  changes: Partial<Omit<FeedRow, 'appservice_id'>>,
): Promise<void> {
  const changed = await tx.db
    .updateTable('appservice_feeds')
    .set(changes)
    .where('appservice_id', '=', appserviceId)
    .where('lease_owner', '=', owner)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw new LeaseLostError(`application service ${appserviceId} is served by another process`)
}

/** An event as far as it matters for whom it is. */
export interface RoutedEvent {
  readonly position: number
  readonly event_id: string
  readonly room_id: string
  readonly type: string
  readonly sender: string
  readonly state_key: string | null
}

/** Events of all rooms after a position, in order. */
export async function eventsAfter(db: Reads<HomeserverSchema>, position: number, upTo: number, limit: number): Promise<RoutedEvent[]> {
  return db
    .selectFrom('events')
    .select(['position', 'event_id', 'room_id', 'type', 'sender', 'state_key'])
    .where('position', '>', position)
    .where('position', '<=', upTo)
    .where('rejected_reason', 'is', null)
    .where('soft_failed', '=', 0)
    .orderBy('position')
    .limit(limit)
    .execute()
}

/** Queues events, and notes how far was looked. @throws LeaseLostError */
export async function queueEvents(
  tx: Transaction<HomeserverSchema>,
  lease: Lease,
  events: readonly RoutedEvent[],
  position: number,
): Promise<void> {
  await changeFeed(tx, lease, { events_position: position })
  const rows = events.map((event) => ({ appservice_id: lease.appserviceId, position: event.position, event_id: event.event_id }))
  for (const chunk of chunksOf(rows)) await tx.db.insertInto('appservice_events').values(chunk).execute()
}

export async function queuedEvents(
  db: Reads<HomeserverSchema>,
  appserviceId: string,
  limit: number,
): Promise<{ position: number; eventId: EventId }[]> {
  const rows = await db
    .selectFrom('appservice_events')
    .select(['position', 'event_id'])
    .where('appservice_id', '=', appserviceId)
    .orderBy('position')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ position: row.position, eventId: row.event_id as EventId }))
}

export async function dropQueuedUpTo(tx: Transaction<HomeserverSchema>, appserviceId: string, position: number): Promise<void> {
  await tx.db.deleteFrom('appservice_events').where('appservice_id', '=', appserviceId).where('position', '<=', position).execute()
}

/** The transaction that was not accepted yet. */
export async function openTransaction(db: Reads<HomeserverSchema>, appserviceId: string): Promise<StoredTransaction | undefined> {
  const row = await db.selectFrom('appservice_transactions').selectAll().where('appservice_id', '=', appserviceId).executeTakeFirst()
  return row && { id: row.transaction_id, body: row.body }
}

export async function insertTransaction(
  tx: Transaction<HomeserverSchema>,
  appserviceId: string,
  { id, body }: StoredTransaction,
): Promise<void> {
  await tx.db.insertInto('appservice_transactions').values({ appservice_id: appserviceId, transaction_id: id, body }).execute()
}

export async function deleteTransaction(tx: Transaction<HomeserverSchema>, appserviceId: string): Promise<void> {
  await tx.db.deleteFrom('appservice_transactions').where('appservice_id', '=', appserviceId).execute()
}
