import type { Database } from '@glia/database'
import { type OperationNode, type RawBuilder, sql } from 'kysely'

export interface Query {
  toOperationNode(): OperationNode
}

/** Sorting what was found, and looking at all rows of a table. */
const EXPENSIVE = /TEMP B-TREE|SCAN (?!page\b|.*INDEX)|Seq Scan|(?:->\s+|^)(?:Incremental )?Sort\b/
/** SQLite's word for walking an index from its begin. */
const WALK = /SCAN .*INDEX/

/**
 * Runs a query's plan, not the query. The tables must hold enough for the database to prefer an index, and have been analyzed.
 * @param options.fromMiddle the query is of a later page: an index must be entered where the page begins
 * @returns the steps of the plan whose cost grows with the table; none of a page that an index gives
 */
export async function expensiveSteps<S>(
  { dialect, read }: Database<S>,
  query: Query,
  options: { fromMiddle?: boolean } = {},
): Promise<string[]> {
  const plain = query as RawBuilder<unknown>
  // Kysely puts parentheses around its own queries, not around texts
  const inner = query.toOperationNode().kind === 'RawNode' ? sql`(${plain})` : plain
  const explain = sql`${sql.raw(dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN')} SELECT * FROM ${inner} AS page`
  const { rows } = await explain.execute(read)
  const steps = (rows as Record<string, string>[]).map((row) => row.detail ?? row['QUERY PLAN']!)
  return steps.filter((step) => EXPENSIVE.test(step) || (options.fromMiddle && WALK.test(step)))
}

/** What `work` asks the database, for `expensiveSteps` of code that does not show its queries. Nobody else may ask meanwhile. */
export async function queriesOf<S>(database: Database<S>, work: () => Promise<unknown>): Promise<Query[]> {
  const executor = database.read.getExecutor()
  const queries: Query[] = []
  const { compileQuery } = executor
  executor.compileQuery = (node, id) => {
    queries.push({ toOperationNode: () => node })
    return compileQuery.call(executor, node, id)
  }
  try {
    await work()
  } finally {
    executor.compileQuery = compileQuery
  }
  return queries
}
