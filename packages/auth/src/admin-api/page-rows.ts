import type { SelectQueryBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'
import type { Page } from './json-api.ts'

/**
 * Reads a page of a query by key, sorted by id.
 * @param id the column of the id, as `table.column`
 * @returns one row more than the page's size, at its far end, if there are more
 */
export async function pageRows<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>, id: string, page: Page): Promise<O[]> {
  const rows = await pageQuery(query, id, page).execute()
  return page.isBackward ? rows.reverse() : rows
}

/** The query of `pageRows`: backward pages come last first. */
export function pageQuery<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  id: string,
  { size, isBackward, after, before }: Page,
): SelectQueryBuilder<DB, TB, O> {
  const column = sql.ref(id)
  let paged = query.orderBy(column, isBackward ? 'desc' : 'asc').limit(Math.min(size, Number.MAX_SAFE_INTEGER - 1) + 1)
  if (after !== undefined) paged = paged.where(sql<SqlBool>`${column} > ${after}`)
  if (before !== undefined) paged = paged.where(sql<SqlBool>`${column} < ${before}`)
  return paged
}

/** How many rows a query has. It selects nothing yet. */
export async function countRows<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): Promise<number> {
  const { count } = (await query.select(sql<number>`COUNT(*)`.as('count')).executeTakeFirstOrThrow()) as { count: number }
  return Number(count)
}
