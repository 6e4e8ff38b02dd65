import type { CompiledQuery, Kysely } from 'kysely'

/**
 * A query that is built and compiled once and run often, for hot paths. Build it with any values; at each run `parameters` take their
 * places, in the order in which they stand in the SQL.
 */
export function prepareQuery<Row>(
  reads: Pick<Kysely<any>, 'getExecutor'>,
  query: { compile(): CompiledQuery<Row> },
): (...parameters: unknown[]) => Promise<Row[]> {
  const executor = reads.getExecutor()
  const template = query.compile()
  return async (...parameters) => (await executor.executeQuery<Row>({ ...template, parameters })).rows
}
