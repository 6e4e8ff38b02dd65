import { AuthAdminError } from '@glia/contract'
import type { RawBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'
import { readInstant } from './json-api.ts'

/** True where the column, words separated by spaces, holds the word. Case counts, unlike with LIKE on SQLite. */
export function hasWord(column: string, word: string): RawBuilder<SqlBool> {
  const words = sql`' ' || ${sql.ref(column)} || ' '`
  return sql<SqlBool>`REPLACE(${words}, ${` ${word} `}, '') <> ${words}`
}

/** @throws AuthAdminError 400 */
export function readScopeTokens(tokens: readonly string[] | undefined): readonly string[] {
  const wrong = tokens?.some((token) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(token))
  if (wrong) throw new AuthAdminError(400, 'Invalid scope')
  return tokens ?? []
}

export interface TimeFilter {
  readonly createdBeforeMs: number | undefined
  readonly createdAfterMs: number | undefined
  readonly lastActiveBeforeMs: number | undefined
  readonly lastActiveAfterMs: number | undefined
}

/** @throws AuthAdminError 400 */
export function readTimeFilter(query: {
  readonly 'filter[created-before]'?: string
  readonly 'filter[created-after]'?: string
  readonly 'filter[last-active-before]'?: string
  readonly 'filter[last-active-after]'?: string
}): TimeFilter {
  return {
    createdBeforeMs: readFilterInstant(query['filter[created-before]']),
    createdAfterMs: readFilterInstant(query['filter[created-after]']),
    lastActiveBeforeMs: readFilterInstant(query['filter[last-active-before]']),
    lastActiveAfterMs: readFilterInstant(query['filter[last-active-after]']),
  }
}

/** @throws AuthAdminError 400 */
export function readFilterInstant(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readInstant(text, 400)
}

/** @param table the table's name in the query */
export function timeConditions(table: string, filter: TimeFilter): RawBuilder<SqlBool>[] {
  const { createdBeforeMs, createdAfterMs, lastActiveBeforeMs, lastActiveAfterMs } = filter
  const created = sql.ref(`${table}.created_at_ms`)
  const lastActive = sql.ref(`${table}.last_active_at_ms`)
  return [
    ...(createdBeforeMs === undefined ? [] : [sql<SqlBool>`${created} < ${createdBeforeMs}`]),
    ...(createdAfterMs === undefined ? [] : [sql<SqlBool>`${created} > ${createdAfterMs}`]),
    ...(lastActiveBeforeMs === undefined ? [] : [sql<SqlBool>`${lastActive} < ${lastActiveBeforeMs}`]),
    ...(lastActiveAfterMs === undefined ? [] : [sql<SqlBool>`${lastActive} > ${lastActiveAfterMs}`]),
  ]
}
