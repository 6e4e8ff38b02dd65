import { behindKey, orderOf, type Reads, type SortColumn, startingAt } from '@glia/database'
import { type RawBuilder, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

export interface SelectionOrder<By extends string> {
  readonly by: By
  readonly descending: boolean
}

/** Where a page ended: the values of the order's columns, the id last. */
export type SelectionKey = readonly (string | number)[]

export interface SelectionPlace<By extends string> {
  readonly order: SelectionOrder<By>
  readonly behind: SelectionKey | undefined
  readonly limit: number
}

/** Finds rows of one table by conditions, in an order that an index gives: where the conditions suit few, many are looked at. */
export interface Selector<Item, Selection, By extends string> {
  /** @returns `next`: undefined on the last page */
  page(
    reads: Reads<HomeserverSchema>,
    selection: Selection,
    place: SelectionPlace<By>,
  ): Promise<{ items: Item[]; next: SelectionKey | undefined }>
  /** Behind an id, in the order of ids; all when it is empty. */
  behindId(reads: Reads<HomeserverSchema>, selection: Selection, id: string, limit: number): Promise<Item[]>
  /** How many there are, and what the definition's `amount` adds up to. */
  count(reads: Reads<HomeserverSchema>, selection: Selection): Promise<{ count: number; amount: number }>
  /** What the values of a key must be. */
  keyTypes(by: By): ('string' | 'number')[]
}

export interface SelectorDefinition<Row, Item, Selection, By extends string> {
  readonly table: string
  /** Name of the column, and of the order by it alone. */
  readonly id: NoInfer<By>
  /** What to sort by, and what it is; never null. */
  readonly orders: Readonly<Record<By, readonly [expression: RawBuilder<unknown>, type: 'string' | 'number']>>
  /** Selected beside those of the table. */
  readonly extraColumns?: () => RawBuilder<unknown>
  /** What is added up when counting; default: nothing. */
  readonly amount?: RawBuilder<unknown>
  /** All must hold. */
  conditionsOf(selection: Selection): RawBuilder<unknown>[]
  toItem(row: Row): Item
}

export function createSelector<Row, Item, Selection, By extends string>(
  definition: SelectorDefinition<Row, Item, Selection, By>,
): Selector<Item, Selection, By> {
  const { table, id, orders, extraColumns, amount = sql`0`, conditionsOf, toItem } = definition
  const shown = () => sql.join([sql`${sql.table(table)}.*`, ...(extraColumns ? [extraColumns()] : [])])
  const columnsOf = ({ by, descending }: SelectionOrder<By>): SortColumn[] =>
    (by === id ? [id] : [by, id]).map((name) => ({ expression: orders[name][0], descending }))
  const allOf = (conditions: RawBuilder<unknown>[]) => sql.join([sql`1 = 1`, ...conditions], sql` AND `)

  const page: Selector<Item, Selection, By>['page'] = async (reads, selection, { order, behind, limit }) => {
    const columns = columnsOf(order)
    const first = columns[0]!
    const conditions = conditionsOf(selection)
    if (behind) conditions.push(behindKey(columns, behind), startingAt(first, behind[0]))
    const { rows } = await sql<Row & { id_key: string; sort_key: string | number }>`
      SELECT ${shown()}, ${orders[id][0]} AS id_key, ${first.expression} AS sort_key FROM ${sql.table(table)}
      WHERE ${allOf(conditions)} ORDER BY ${orderOf(columns)} LIMIT ${limit + 1}`.execute(reads)
    const found = rows.slice(0, limit)
    const last = rows.length > limit ? found.at(-1) : undefined
    return { items: found.map(toItem), next: last && (order.by === id ? [last.id_key] : [last.sort_key, last.id_key]) }
  }

  return {
    page,
    async behindId(reads, selection, after, limit) {
      const place = { order: { by: id, descending: false }, behind: after === '' ? undefined : [after], limit }
      return (await page(reads, selection, place)).items
    },
    async count(reads, selection) {
      const { rows } = await sql<{ count: number; amount: number }>`SELECT COUNT(*) AS count, COALESCE(SUM(${amount}), 0) AS amount
        FROM ${sql.table(table)} WHERE ${allOf(conditionsOf(selection))}`.execute(reads)
      return rows[0]!
    },
    keyTypes: (by) => (by === id ? ['string'] : [orders[by][1], 'string']),
  }
}
