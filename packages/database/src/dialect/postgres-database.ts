import { AsyncLocalStorage } from 'node:async_hooks'
import type { ConnectionOptions } from 'node:tls'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { readPosition, takePosition } from '../change-position.ts'
import type { Database, Positions, Reads, Transaction } from '../database.ts'
import { noTidings, notePositions, PositionListeners, type Tidings } from './committed.ts'
import { announcementChannel, PostgresAnnouncements } from './postgres-announcements.ts'

export interface PostgresOptions {
  /** `postgres://…` or the parts that `pg` takes. */
  readonly connection: string | { host?: string; port?: number; user?: string; password?: string; database?: string }
  readonly maxConnections: number
  /** Kept open when idle. Default: none. */
  readonly minConnections?: number
  /** As `tls.connect` takes it; false: not encrypted. Default: as the URL says. */
  readonly tls?: false | ConnectionOptions
}

const MAX_ATTEMPTS = 8
/** serialization_failure, deadlock_detected */
const RETRIED = new Set(['40001', '40P01'])

/** Counts and ids are below 2^53: BIGINT and NUMERIC come back as numbers, in this one place. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
}

/** PostgreSQL behind a pool. */
export class PostgresDatabase<S> implements Database<S> {
  readonly dialect = 'postgres'
  readonly read: Reads<S>
  readonly #kysely: Kysely<S>
  readonly #inside = new AsyncLocalStorage<true>()
  readonly #listeners = new PositionListeners()
  readonly #announcements: PostgresAnnouncements
  #isClosed = false

  constructor(options: PostgresOptions, onConnectionError: (error: Error) => void) {
    const connection = typeof options.connection === 'string' ? { connectionString: options.connection } : options.connection
    const tls = options.tls === undefined ? {} : { ssl: options.tls }
    this.#announcements = new PostgresAnnouncements({ ...connection, ...tls }, onConnectionError)
    const pool = new pg.Pool({
      ...connection,
      max: options.maxConnections,
      min: options.minConnections ?? 0,
      types,
      ...tls,
    })
    // an idle connection may break at any time; the pool replaces it, and an unheard 'error' would end the process
    pool.on('error', (error) => {
      if (!this.#isClosed) onConnectionError(error)
    })
    this.#kysely = new Kysely<S>({ dialect: new PostgresDialect({ pool }) })
    this.read = this.#kysely
  }

  async transaction<T>(work: (tx: Transaction<S>) => Promise<T>): Promise<T> {
    if (this.#inside.getStore()) throw new Error('a transaction was opened inside a transaction')
    for (let attempt = 1; ; attempt++) {
      const tidings = noTidings()
      try {
        const result = await this.#kysely.transaction().execute((db) => this.#inside.run(true, () => work(transactionOn(db, tidings))))
        this.#listeners.tell(tidings)
        return result
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !RETRIED.has((error as { code?: string }).code ?? '')) throw error
      }
    }
  }

  onPositions(listener: (positions: Positions) => void): () => void {
    return this.#listeners.add(listener)
  }

  async announce(text: string): Promise<void> {
    await sql`SELECT pg_notify(${announcementChannel}, ${text})`.execute(this.#kysely)
  }

  onAnnouncement(listener: (text: string) => void): Promise<void> {
    return this.#announcements.listen(listener)
  }

  currentPosition(): Promise<number> {
    return readPosition(this.read)
  }

  as<Other>(): Database<Other> {
    return this as unknown as Database<Other>
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#announcements.close()
    await this.#kysely.destroy()
  }

  /** @throws if the database sorts text otherwise than by bytes: pages would overlap or miss rows (Synapse asks for the same) */
  async checkCollation(): Promise<void> {
    const found = await sql<{ collation: string; encoding: string }>`
      SELECT datcollate AS collation, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()`.execute(
      this.#kysely,
    )
    const { collation, encoding } = found.rows[0]!
    if (!['C', 'POSIX', 'C.UTF-8', 'C.utf8'].includes(collation) || encoding !== 'UTF8') {
      throw new Error(
        `the PostgreSQL database has encoding ${encoding} and collation ${collation}; create it with ` +
          `ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
      )
    }
  }
}

function transactionOn<S>(db: Kysely<S>, tidings: Tidings): Transaction<S> {
  return {
    db,
    dialect: 'postgres',
    takePosition: async (count = 1) => notePositions(tidings, await takePosition(db, count), count),
    lock: async (name) => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db)
    },
    afterCommit: (tell) => tidings.tells.push(tell),
  }
}
