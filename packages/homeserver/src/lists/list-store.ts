import type { contract } from '@glia/contract'
import { containsIgnoringCase, type Reads, type Transaction } from '@glia/database'
import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { ListTables } from './tables.ts'

export type ListName = (typeof contract.glia.lists.listNames)[number]

export interface ListEntry {
  readonly item: string
  readonly reason: string | null
  readonly addedBy: string
  readonly addedAtMs: number
  /** null: never. */
  readonly expiresAtMs: number | null
}

/** Puts an entry in place of one of the same item. */
export async function putEntry(tx: Transaction<HomeserverSchema>, list: ListName, entry: ListEntry): Promise<void> {
  await deleteExpired(tx, list, entry.addedAtMs)
  const values = { reason: entry.reason, added_by: entry.addedBy, added_at_ms: entry.addedAtMs, expires_at_ms: entry.expiresAtMs }
  await tx.db
    .insertInto('list_entries')
    .values({ list, item: entry.item, ...values })
    .onConflict((conflict) => conflict.columns(['list', 'item']).doUpdateSet(values))
    .execute()
}

/** As `putEntry`; an entry that is there stays as it is. */
export async function addEntry(tx: Transaction<HomeserverSchema>, list: ListName, entry: ListEntry): Promise<void> {
  if (!(await findEntry(tx.db, list, entry.item, entry.addedAtMs))) await putEntry(tx, list, entry)
}

/** @returns false: there was none */
export async function deleteEntry(tx: Transaction<HomeserverSchema>, list: ListName, item: string, nowMs: number): Promise<boolean> {
  await deleteExpired(tx, list, nowMs)
  const deleted = await tx.db.deleteFrom('list_entries').where('list', '=', list).where('item', '=', item).returning('item').execute()
  return deleted.length > 0
}

export async function findEntry(
  reads: Reads<HomeserverSchema>,
  list: ListName,
  item: string,
  nowMs: number,
): Promise<ListEntry | undefined> {
  const row = await reads
    .selectFrom('list_entries')
    .selectAll()
    .where('list', '=', list)
    .where('item', '=', item)
    .where(holds(nowMs))
    .executeTakeFirst()
  return row && toEntry(row)
}

/** Whether any of the items is on the list. */
export async function isListed(reads: Reads<HomeserverSchema>, list: ListName, items: readonly string[], nowMs: number): Promise<boolean> {
  const row = await reads
    .selectFrom('list_entries')
    .select('item')
    .where('list', '=', list)
    .where('item', 'in', items)
    .where(holds(nowMs))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** For queries of other tables: whether the item in their column is on the list. */
export function isOnList(list: ListName, column: RawBuilder<unknown>, nowMs: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`EXISTS (SELECT 1 FROM list_entries WHERE list = ${list} AND item = ${column} AND ${holds(nowMs)})`
}

/** By item. @param page.after only items behind this one */
export async function listEntries(
  reads: Reads<HomeserverSchema>,
  list: ListName,
  page: { search?: string | undefined; after?: string | undefined; limit?: number; nowMs: number },
): Promise<ListEntry[]> {
  const { search, after, limit, nowMs } = page
  const rows = await reads
    .selectFrom('list_entries')
    .selectAll()
    .where('list', '=', list)
    .where(holds(nowMs))
    .$if(search !== undefined, (select) => select.where(containsIgnoringCase(sql.ref('item'), search!)))
    .$if(after !== undefined, (select) => select.where('item', '>', after!))
    .orderBy('item')
    .$if(limit !== undefined, (select) => select.limit(limit!))
    .execute()
  return rows.map(toEntry)
}

async function deleteExpired(tx: Transaction<HomeserverSchema>, list: ListName, nowMs: number): Promise<void> {
  await tx.db.deleteFrom('list_entries').where('list', '=', list).where('expires_at_ms', '<=', nowMs).execute()
}

function holds(nowMs: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`(expires_at_ms IS NULL OR expires_at_ms > ${nowMs})`
}

function toEntry(row: Selectable<ListTables['list_entries']>): ListEntry {
  return { item: row.item, reason: row.reason, addedBy: row.added_by, addedAtMs: row.added_at_ms, expiresAtMs: row.expires_at_ms }
}
