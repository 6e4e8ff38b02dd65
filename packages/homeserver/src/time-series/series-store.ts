import type { contract } from '@glia/contract'
import { type Database, databaseBytes, type Reads, type Transaction } from '@glia/database'
import { eventTypes } from '@glia/protocol'
import { type RawBuilder, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { firstPositionSince } from '../timeline/index.ts'

export type SeriesName = (typeof contract.glia.timeSeries.seriesNames)[number]

export interface SeriesPoint {
  readonly name: SeriesName
  /** Begin of the hour. */
  readonly atMs: number
  readonly value: number
}

/** Up to which change position messages were counted; no series for people. */
const COUNTED_POSITION = 'counted_position'
const HOUR_MS = 3600_000
const DAY_MS = 24 * HOUR_MS
const MESSAGES = [eventTypes.message, eventTypes.encrypted]

/**
 * Looks at everything, soon after an hour has ended: how much there is, and what happened in that hour. The first sample of a database has no
 * messages, since all that there ever were would have to be looked at.
 * @param hourMs begin of the hour
 */
export async function takeSample(database: Database<HomeserverSchema>, hourMs: number): Promise<ReadonlyMap<string, number>> {
  const { read } = database
  const endMs = hourMs + HOUR_MS
  const counted = await countedPosition(read)
  // a sample may be late: what came after the hour is left for the next
  const position = ((await firstPositionSince(read, endMs)) ?? (await database.currentPosition()) + 1) - 1
  const values = new Map<string, number>([
    [COUNTED_POSITION, position],
    ['users', await numberOf(read, sql`SELECT SUM(users) FROM user_counts WHERE deactivated = 0 AND is_guest = 0`)],
    ['registrations', await numberOf(read, sql`SELECT COUNT(*) FROM users WHERE created_at_ms >= ${hourMs} AND created_at_ms < ${endMs}`)],
    ['rooms', await numberOf(read, sql`SELECT COUNT(*) FROM rooms`)],
    ['media_bytes', await numberOf(read, sql`SELECT SUM(media_bytes) FROM user_media_totals`)],
    ['database_bytes', await databaseBytes(database)],
  ])
  for (const [name, days] of [
    ['active_users_daily', 1],
    ['active_users_weekly', 7],
    ['active_users_monthly', 30],
  ] as const) {
    values.set(name, await numberOf(read, sql`SELECT COUNT(*) FROM users WHERE COALESCE(last_seen_ms, 0) >= ${endMs - days * DAY_MS}`))
  }
  if (counted === undefined) return values
  const messages = sql`SELECT COUNT(*) FROM events WHERE position > ${counted} AND position <= ${position}
    AND received_at_ms >= ${hourMs} AND received_at_ms < ${endMs} AND type IN (${sql.join(MESSAGES)})`
  return values.set('messages', await numberOf(read, messages))
}

/** The first sample of an hour stands. */
export async function keepSample(tx: Transaction<HomeserverSchema>, hourMs: number, values: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...values].map(([name, value]) => ({ name, at_ms: hourMs, value }))
  await tx.db
    .insertInto('time_series')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['name', 'at_ms']).doNothing())
    .execute()
}

export async function hasSample(reads: Reads<HomeserverSchema>, hourMs: number): Promise<boolean> {
  const row = await reads
    .selectFrom('time_series')
    .select('value')
    .where('name', '=', COUNTED_POSITION)
    .where('at_ms', '=', hourMs)
    .executeTakeFirst()
  return row !== undefined
}

async function countedPosition(reads: Reads<HomeserverSchema>): Promise<number | undefined> {
  const row = await reads
    .selectFrom('time_series')
    .select('value')
    .where('name', '=', COUNTED_POSITION)
    .orderBy('at_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.value
}

/** The only column of the only row; 0 for null. */
async function numberOf(reads: Reads<HomeserverSchema>, query: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ value: number | null }>`SELECT (${query}) AS value`.execute(reads)
  return Number(rows[0]?.value ?? 0)
}

export async function readSeries(
  reads: Reads<HomeserverSchema>,
  query: { names: readonly SeriesName[]; sinceMs: number; untilMs: number },
): Promise<SeriesPoint[]> {
  const rows = await reads
    .selectFrom('time_series')
    .selectAll()
    .where('name', 'in', query.names)
    .where('at_ms', '>=', query.sinceMs)
    .where('at_ms', '<', query.untilMs)
    .orderBy('name')
    .orderBy('at_ms')
    .execute()
  return rows.map((row) => ({ name: row.name as SeriesName, atMs: row.at_ms, value: row.value }))
}
