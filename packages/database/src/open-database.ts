import type { Database } from './database.ts'
import { PostgresDatabase, type PostgresOptions } from './dialect/postgres-database.ts'
import { SqliteDatabase } from './dialect/sqlite-database.ts'

export type DatabaseOptions = { readonly kind: 'sqlite'; readonly file: string } | ({ readonly kind: 'postgres' } & PostgresOptions)

/** Opens the database; tables are made by `migrate`. */
export async function openDatabase<S>(options: DatabaseOptions, onConnectionError: (error: Error) => void): Promise<Database<S>> {
  if (options.kind === 'sqlite') return new SqliteDatabase<S>(options.file)
  const database = new PostgresDatabase<S>(options, onConnectionError)
  try {
    await database.checkCollation()
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}
