import type { RawBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'

/** One column of a list's order. Expressions must not be null: wrap nullable columns in `coalesce`. */
export interface SortColumn {
  readonly expression: RawBuilder<unknown>
  readonly descending: boolean
}

/** True for rows that come after the row with this key (one value for each column) in the order of the columns. */
export function behindKey(columns: readonly SortColumn[], key: readonly unknown[]): RawBuilder<SqlBool> {
  const descending = columns[0]!.descending
  if (columns.every((column) => column.descending === descending)) {
    const expressions = sql.join(columns.map(({ expression }) => expression))
    return descending ? sql<SqlBool>`(${expressions}) < (${sql.join(key)})` : sql<SqlBool>`(${expressions}) > (${sql.join(key)})`
  }
  // the bound on the first column alone lets an index start there
  const first = columns[0]!.expression
  const bound = descending ? sql`${first} <= ${key[0]}` : sql`${first} >= ${key[0]}`
  return sql<SqlBool>`(${bound} AND ${strictlyBehind(columns, key)})`
}

/** Beside `behindKey` it says nothing new; SQLite needs it to begin in the middle of an index of an expression. */
export function startingAt({ expression, descending }: SortColumn, value: unknown): RawBuilder<SqlBool> {
  return descending ? sql<SqlBool>`${expression} <= ${value}` : sql<SqlBool>`${expression} >= ${value}`
}

function strictlyBehind(columns: readonly SortColumn[], key: readonly unknown[]): RawBuilder<SqlBool> {
  const [column, ...others] = columns
  const { expression, descending } = column!
  const past = descending ? sql<SqlBool>`${expression} < ${key[0]}` : sql<SqlBool>`${expression} > ${key[0]}`
  if (others.length === 0) return past
  return sql<SqlBool>`(${past} OR (${expression} = ${key[0]} AND ${strictlyBehind(others, key.slice(1))}))`
}

export function orderOf(columns: readonly SortColumn[]): RawBuilder<unknown> {
  return sql.join(columns.map(({ expression, descending }) => (descending ? sql`${expression} DESC` : sql`${expression} ASC`)))
}
