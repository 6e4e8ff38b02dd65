import type { Database } from './database.ts'
import type { PostgresOptions } from './dialect/postgres-database.ts'

export type DatabaseOptions = { readonly kind: 'sqlite'; readonly file: string } | ({ readonly kind: 'postgres' } & PostgresOptions)

/** Opens the database; tables are made by `migrate`. */
export async function openDatabase<S>(options: DatabaseOptions, onConnectionError: (error: Error) => void): Promise<Database<S>> {
  // only one of the two is loaded
  if (options.kind === 'sqlite') {
    const { SqliteDatabase } = await import('./dialect/sqlite-database.ts')
    return new SqliteDatabase<S>(options.file)
  }
  const { PostgresDatabase } = await import('./dialect/postgres-database.ts')
  const database = new PostgresDatabase<S>(options, onConnectionError)
  try {
    await database.checkCollation()
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}
