import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, type DatabaseOptions, type DialectName, type Migration, migrate, openDatabase } from '@glia/database'
import pg from 'pg'
import { describe, inject } from 'vitest'

export interface TestDatabase<S> {
  readonly database: Database<S>
  /** Opens the same database once more, as a second process would. */
  readonly options: DatabaseOptions
  /** Closes and removes it. */
  remove(): Promise<void>
}

/** Runs the same tests on SQLite and on PostgreSQL. */
export function onBothDatabases(name: string, tests: (dialect: DialectName) => void): void {
  describe.each(['sqlite', 'postgres'] as const)(`${name} on %s`, (dialect) => tests(dialect))
}

/** An empty database of its own, with the given tables. */
export async function openTestDatabase<S>(dialect: DialectName, migrations: readonly Migration[]): Promise<TestDatabase<S>> {
  const place = await emptyDatabase(dialect)
  const database = await openDatabase<S>(place.options, () => {})
  await migrate(database, migrations)
  return {
    database,
    options: place.options,
    remove: async () => {
      await database.close()
      await place.remove()
    },
  }
}

/** A place for a database that nothing has been written to yet. */
export async function emptyDatabase(dialect: DialectName): Promise<{ options: DatabaseOptions; remove(): Promise<void> }> {
  if (dialect === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'glia-test-'))
    return {
      options: { kind: 'sqlite', file: join(folder, 'test.db') },
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    }
  }
  const server = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    options: { kind: 'postgres', connection: url.href, maxConnections: 6 },
    remove: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
