import { sql } from 'kysely'
import type { Database } from '../database.ts'

/** Bytes that the database takes on disk, without logs that are written ahead. */
export async function databaseBytes<S>({ dialect, read }: Database<S>): Promise<number> {
  const query =
    dialect === 'sqlite'
      ? sql<{ bytes: number }>`SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`
      : sql<{ bytes: number }>`SELECT pg_database_size(current_database()) AS bytes`
  const { rows } = await query.execute(read)
  return Number(rows[0]!.bytes)
}
