import type { Kysely } from 'kysely'

/** The part of Kysely that cannot change anything. Functions that read take this: inside and outside a transaction. */
export type Reads<S> = Pick<Kysely<S>, 'selectFrom' | 'selectNoFrom' | 'with' | 'withRecursive' | 'fn' | 'case' | 'getExecutor' | 'dynamic'>

export type DialectName = 'sqlite' | 'postgres'

/**
 * One transaction. Functions that write take this, so forgetting the transaction does not compile.
 * Keep it short, do nothing outside the database in it, and expect it to be run again after a conflict.
 */
export interface Transaction<S> {
  readonly db: Kysely<S>
  readonly dialect: DialectName
  /**
   * Takes the next change position(s). Positions become visible in the order of their numbers: whoever reads position n has
   * every row with a lower one. Take them late, after reading and computing: until the commit, nobody else gets one.
   * @returns the first of `count` consecutive positions
   */
  takePosition(count?: number): Promise<number>
  /** Waits for and holds a lock with this name until the end of the transaction, in all processes. */
  lock(name: string): Promise<void>
  /** Runs after the commit, never after a rollback. May be lost in a crash: only for waking others up. */
  afterCommit(tell: () => void): void
}

/** PostgreSQL takes less than 8,000 bytes. */
export const maxAnnouncementBytes = 7900

/** Consecutive change positions. */
export interface Positions {
  readonly first: number
  readonly last: number
}

/** A database, whichever it is. `S` is the Kysely schema: table names to row types. */
export interface Database<S> {
  readonly dialect: DialectName
  /** Reads what is committed. */
  readonly read: Reads<S>
  /**
   * Runs `work` in a transaction and resolves once its result is durable. Conflicts are retried, errors roll back.
   * Must not be called from inside `work`.
   */
  transaction<T>(work: (tx: Transaction<S>) => Promise<T>): Promise<T>
  /**
   * Tells which positions this process committed, right after what `afterCommit` told of them. Those of other processes are missing.
   * @returns a function that stops listening
   */
  onPositions(listener: (positions: Positions) => void): () => void
  /**
   * Tells all processes that work on the database, this one among them, outside of any transaction. May be lost: only for waking others up.
   * Does nothing on SQLite, which has one process. @param text at most `maxAnnouncementBytes`
   */
  announce(text: string): Promise<void>
  /** Hears what is announced from now on. @returns when it is listening */
  onAnnouncement(listener: (text: string) => void): Promise<void>
  /** The newest change position that is committed. */
  currentPosition(): Promise<number>
  /** The same database seen with another schema: packages own different tables of it. */
  as<Other>(): Database<Other>
  /** Waits for running transactions and closes. */
  close(): Promise<void>
}

/** A transaction handed across packages that own different tables of one database; `as` inside is a plain cast. */
export type AnyTransaction = Transaction<any>

/** The same for reading. */
export type AnyReads = Reads<any>
