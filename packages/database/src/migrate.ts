import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { createPositionTable } from './change-position.ts'
import type { Database, DialectName } from './database.ts'

/** A step of the schema. Never edit one that has shipped: add another. `name` starts with a time, so that order is by name. */
export interface Migration {
  readonly name: string
  up(db: Kysely<any>, dialect: DialectName): Promise<void>
}

/** The database is not empty and not ours. */
export class ForeignDatabaseError extends Error {
  override readonly name = 'ForeignDatabaseError'
}

/**
 * Brings the database to the newest schema, each step in a transaction of its own, one process at a time.
 * @throws ForeignDatabaseError, and if the database was already used by a newer program
 * @returns names of the steps that were applied now
 */
export async function migrate(database: Database<any>, migrations: readonly Migration[]): Promise<string[]> {
  const ordered = [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1))
  await database.transaction(async (tx) => {
    await tx.lock('migrations')
    await refuseForeignTables(tx.db)
    await sql`CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY)`.execute(tx.db)
    await createPositionTable(tx.db)
  })
  await refuseNewerSchema(database, ordered)
  const applied: string[] = []
  for (const migration of ordered) {
    if (await applyOnce(database, migration)) applied.push(migration.name)
  }
  return applied
}

/** A database with tables, none of which is our list of steps, is somebody else's: Synapse's, most likely. */
async function refuseForeignTables(db: Kysely<any>): Promise<void> {
  const tables = (await db.introspection.getTables()).map(({ name }) => name)
  if (tables.length === 0 || tables.includes('schema_migrations')) return
  throw new ForeignDatabaseError(
    `the database holds tables of another program (${tables.slice(0, 3).join(', ')} …); Glia needs an empty one and cannot take over Synapse's`,
  )
}

async function applyOnce(database: Database<any>, migration: Migration): Promise<boolean> {
  return database.transaction(async (tx) => {
    await tx.lock('migrations')
    const done = await sql`SELECT 1 FROM schema_migrations WHERE name = ${migration.name}`.execute(tx.db)
    if (done.rows.length > 0) return false
    await migration.up(tx.db, tx.dialect)
    await sql`INSERT INTO schema_migrations (name) VALUES (${migration.name})`.execute(tx.db)
    return true
  })
}

async function refuseNewerSchema(database: Database<any>, known: readonly Migration[]): Promise<void> {
  const names = new Set(known.map(({ name }) => name))
  const applied = await sql<{ name: string }>`SELECT name FROM schema_migrations`.execute(database.read)
  const unknown = applied.rows.map(({ name }) => name).filter((name) => !names.has(name))
  if (unknown.length > 0) {
    throw new Error(`the database was used by a newer version of Glia (it has ${unknown.join(', ')}); start that version instead`)
  }
}
