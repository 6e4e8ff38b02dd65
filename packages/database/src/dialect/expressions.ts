import type { ExpressionWrapper, RawBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'

/** `%`, `_` and `\` of the user's text mean themselves. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** True where the column holds the text, ASCII letters compared without case. */
export function containsIgnoringCase(column: RawBuilder<string> | ExpressionWrapper<any, any, any>, text: string): RawBuilder<SqlBool> {
  // lower() of SQLite, and of PostgreSQL with the collation C, leaves other letters as they are; with C.UTF-8 it folds them
  const patterns = new Set([text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), text.toLowerCase()].map(likePattern))
  const matches = [...patterns].map((pattern) => sql`lower(${column}) LIKE ${pattern} ESCAPE '\\'`)
  return sql<SqlBool>`(${sql.join(matches, sql` OR `)})`
}

/** True for the error of either database that says: this key is taken. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, errcode } = error as { code?: string; errcode?: number }
  // PostgreSQL: unique_violation; SQLite: SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY
  return code === '23505' || errcode === 2067 || errcode === 1555
}
