import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { readPosition, takePosition } from '../change-position.ts'
import type { Database, Positions, Reads, Transaction } from '../database.ts'
import { noTidings, notePositions, PositionListeners, type Tidings } from './committed.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { kyselyOn } from './sqlite-executor.ts'

const SQLITE_BUSY = 5
const BUSY_WAIT_MS = 5
const BUSY_ATTEMPTS = 2000

/** At most this many transactions share one commit, so that the first of them is not kept waiting. */
const MAX_GROUP = 64

interface Job {
  run(): Promise<void>
  committed(): void
  failed(error: unknown): void
}

/**
 * SQLite with one writer. Transactions run one after another, each in a savepoint, and those that wait at the same time share
 * one commit (one fsync); nobody is answered before it. Readers use a second connection and see what is committed.
 */
export class SqliteDatabase<S> implements Database<S> {
  readonly dialect = 'sqlite'
  readonly read: Reads<S>
  readonly #writer: SqliteConnection
  readonly #reader: SqliteConnection
  readonly #writerKysely: Kysely<S>
  readonly #waiting: Job[] = []
  readonly #inside = new AsyncLocalStorage<true>()
  readonly #listeners = new PositionListeners()
  #working: Promise<void> | undefined

  constructor(file: string) {
    this.#writer = new SqliteConnection(file, { readOnly: false })
    this.#reader = new SqliteConnection(file, { readOnly: true })
    this.#writerKysely = kyselyOn<S>(this.#writer)
    this.read = kyselyOn<S>(this.#reader)
  }

  transaction<T>(work: (tx: Transaction<S>) => Promise<T>): Promise<T> {
    if (this.#inside.getStore()) throw new Error('a transaction was opened inside a transaction')
    return new Promise<T>((resolve, reject) => {
      const tidings = noTidings()
      let result: T
      const tx = this.#transactionFor(tidings)
      this.#waiting.push({
        run: async () => {
          result = await this.#inside.run(true, () => work(tx))
        },
        committed: () => {
          resolve(result)
          this.#listeners.tell(tidings)
        },
        failed: reject,
      })
      this.#working ??= this.#work()
    })
  }

  #transactionFor(tidings: Tidings): Transaction<S> {
    const db = this.#writerKysely
    return {
      db,
      dialect: 'sqlite',
      takePosition: async (count = 1) => notePositions(tidings, await takePosition(db, count), count),
      lock: async () => {},
      afterCommit: (tell) => tidings.tells.push(tell),
    }
  }

  async #work(): Promise<void> {
    do {
      // requests that came together share a commit; and a caller in a loop would keep everything in microtasks
      await setImmediate()
      await this.#commitGroup()
    } while (this.#waiting.length > 0)
    this.#working = undefined
  }

  async #commitGroup(): Promise<void> {
    const done: Job[] = []
    try {
      await this.#begin()
    } catch (error) {
      for (const job of this.#waiting.splice(0)) job.failed(error)
      return
    }
    for (let job = this.#waiting.shift(); job; job = done.length < MAX_GROUP ? this.#waiting.shift() : undefined) {
      if (await this.#runJob(job)) done.push(job)
    }
    // the readers' snapshot is from before this commit, and would keep it out of the database file
    this.#reader.releaseSnapshot()
    try {
      this.#writer.exec('COMMIT')
    } catch (error) {
      this.#writer.exec('ROLLBACK')
      for (const job of done) job.failed(error)
      return
    }
    for (const job of done) job.committed()
  }

  /** Another process (the command line) may be writing: wait without holding up this one. */
  async #begin(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return this.#writer.exec('BEGIN IMMEDIATE')
      } catch (error) {
        if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || attempt >= BUSY_ATTEMPTS) throw error
        await setTimeout(BUSY_WAIT_MS)
      }
    }
  }

  async #runJob(job: Job): Promise<boolean> {
    this.#writer.exec('SAVEPOINT job')
    try {
      await job.run()
      this.#writer.exec('RELEASE job')
      return true
    } catch (error) {
      this.#writer.exec('ROLLBACK TO job; RELEASE job')
      job.failed(error)
      return false
    }
  }

  onPositions(listener: (positions: Positions) => void): () => void {
    return this.#listeners.add(listener)
  }

  async announce(): Promise<void> {}

  async onAnnouncement(): Promise<void> {}

  currentPosition(): Promise<number> {
    return readPosition(this.read)
  }

  as<Other>(): Database<Other> {
    return this as unknown as Database<Other>
  }

  async close(): Promise<void> {
    while (this.#working) await this.#working
    this.#reader.close()
    this.#writer.close()
  }
}
