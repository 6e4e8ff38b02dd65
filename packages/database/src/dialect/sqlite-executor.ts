import {
  type CompiledQuery,
  DefaultConnectionProvider,
  DefaultQueryExecutor,
  DummyDriver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { SqliteConnection } from './sqlite-connection.ts'

const driver = new DummyDriver()

/**
 * Runs queries right where they are asked for. Kysely's own way to a connection (mutex, provider, driver) takes longer than most
 * statements of SQLite, and for nothing: there is one connection, and it answers at once.
 */
class SqliteExecutor extends DefaultQueryExecutor {
  readonly #connection: SqliteConnection

  constructor(connection: SqliteConnection) {
    super(new SqliteQueryCompiler(), new SqliteAdapter(), new DefaultConnectionProvider(driver))
    this.#connection = connection
  }

  override async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const statement = this.#connection.prepare(sql)
    if (statement.reader) return { rows: statement.all(parameters) as Row[] }
    const { changes, lastInsertRowid } = statement.run(parameters)
    return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] }
  }

  /** There never are any. The introspector asks for this. */
  override withoutPlugins(): DefaultQueryExecutor {
    return this
  }
}

/** Kysely on one connection. Transactions and closing are the business of who owns the connection. */
export function kyselyOn<S>(connection: SqliteConnection): Kysely<S> {
  const executor = new SqliteExecutor(connection)
  const dialect = {
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db: Kysely<any>) => new SqliteIntrospector(db),
  }
  return new Kysely<S>({ config: { dialect }, dialect, driver, executor })
}
