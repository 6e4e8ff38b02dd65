import type { Reads, Transaction } from '@glia/database'
import type { EventId, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** Names one request of a client that may be sent again. A refreshed token is the same session. */
export interface TransactionKey {
  readonly userId: UserId
  readonly sessionId: string
  /** What is done and to what: the same id for something else is another transaction. */
  readonly scope: string
  readonly transactionId: string
}

/** The event that this request made before. Asked with the room's lock held, so that overlapping repetitions wait for the first. */
export async function findTransactionEvent(db: Reads<HomeserverSchema>, key: TransactionKey): Promise<EventId | undefined> {
  const row = await db
    .selectFrom('event_transactions')
    .select('event_id')
    .where('user_id', '=', key.userId)
    .where('session_id', '=', key.sessionId)
    .where('scope', '=', scopeColumn(key))
    .where('transaction_id', '=', key.transactionId)
    .executeTakeFirst()
  return row?.event_id as EventId | undefined
}

/** A request with the event that it made. */
export interface RecordedTransaction {
  readonly key: TransactionKey
  readonly eventId: EventId
}

export function isSameTransaction(a: TransactionKey, b: TransactionKey): boolean {
  return a.transactionId === b.transactionId && a.scope === b.scope && a.sessionId === b.sessionId && a.userId === b.userId
}

export async function recordTransactions(
  tx: Transaction<HomeserverSchema>,
  transactions: readonly RecordedTransaction[],
  nowMs: number,
): Promise<void> {
  if (transactions.length === 0) return
  await tx.db
    .insertInto('event_transactions')
    .values(
      transactions.map(({ key, eventId }) => ({
        user_id: key.userId,
        session_id: key.sessionId,
        scope: scopeColumn(key),
        transaction_id: key.transactionId,
        event_id: eventId,
        created_at_ms: nowMs,
      })),
    )
    .execute()
}

/** Scopes name rooms, types and events as clients send them; text columns take no NUL. */
function scopeColumn({ scope }: TransactionKey): string {
  return scope.replaceAll('\0', '\\0')
}

/** Transaction ids older than this are forgotten, as Synapse does after a day. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** Removes up to `limit` old transaction ids. @returns how many went */
export async function forgetOldTransactions(tx: Transaction<HomeserverSchema>, nowMs: number, limit: number): Promise<number> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('event_transactions')
    .where('event_id', 'in', (eb) =>
      eb
        .selectFrom('event_transactions')
        .select('event_id')
        .where('created_at_ms', '<', nowMs - KEPT_MS)
        .limit(limit),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
