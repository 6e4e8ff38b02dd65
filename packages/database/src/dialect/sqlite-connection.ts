import { nextTick } from 'node:process'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

const MAX_CACHED_STATEMENTS = 500

/** `node:sqlite` with prepared statements kept for the next time. */
export class SqliteConnection {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, PreparedStatement>()
  readonly #readOnly: boolean
  #holdsSnapshot = false

  constructor(file: string, options: { readOnly: boolean }) {
    this.#readOnly = options.readOnly
    this.#database = new DatabaseSync(file, { readOnly: options.readOnly, enableForeignKeyConstraints: true })
    this.#database.exec('PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456')
    if (options.readOnly) this.#database.exec('PRAGMA busy_timeout = 5000')
    else
      this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000')
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  prepare(sql: string): PreparedStatement {
    if (this.#readOnly) this.#holdSnapshot()
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = new PreparedStatement(this.#database.prepare(sql))
    if (this.#statements.size >= MAX_CACHED_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value!)
    this.#statements.set(sql, statement)
    return statement
  }

  /**
   * What is read until the event loop moves on is read in one transaction: taking and leaving the locks for each statement takes longer
   * than most statements. `releaseSnapshot` ends it early, so that nobody who waited for a commit reads what was before.
   */
  #holdSnapshot(): void {
    if (this.#holdsSnapshot) return
    this.#holdsSnapshot = true
    this.#database.exec('BEGIN')
    // runs as soon as no promise is left to go on
    nextTick(() => this.releaseSnapshot())
  }

  releaseSnapshot(): void {
    if (!this.#holdsSnapshot) return
    this.#holdsSnapshot = false
    if (this.#database.isTransaction) this.#database.exec('COMMIT')
  }

  close(): void {
    this.releaseSnapshot()
    this.#statements.clear()
    this.#database.close()
  }
}

class PreparedStatement {
  readonly reader: boolean
  readonly #statement: StatementSync

  constructor(statement: StatementSync) {
    this.#statement = statement
    this.reader = statement.columns().length > 0
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as SQLInputValue[]))
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...(parameters as SQLInputValue[]))
  }
}
