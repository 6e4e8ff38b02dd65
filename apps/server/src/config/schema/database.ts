import type { Secret } from '@glia/platform'
import type { Located, LocatedMap } from '../located.ts'
import { SILENT, section } from '../section.ts'
import { type Invalid, invalid, type Reading, refuse, type Setting, type SettingType, setting } from '../setting.ts'
import { choice, integer, optional, path, secret, text } from '../types.ts'
import { type DatabaseConfig, sslModes } from './database-config.ts'
import { parseDatabaseUrl } from './database-url.ts'

const LIBPQ_HINT = 'not a parameter that Glia passes on'

const args = section(
  {
    database: setting(optional(text), {
      doc: 'Of `sqlite3`: the file, or `:memory:`. Of `psycopg2`: the name of the database (also `dbname`).',
    }),
    dbname: setting(optional(text), { doc: 'The name of the PostgreSQL database.' }),
    host: setting(optional(text), { doc: 'Host, or folder of the Unix socket (starts with `/`). Not set: localhost.' }),
    port: setting(integer({ min: 1, max: 65535 }), { default: 5432, doc: 'Port.' }),
    user: setting(optional(text), { doc: 'User.' }),
    password: setting(optional(secret), { doc: 'Password.' }),
    sslmode: setting(choice(...sslModes), { default: 'prefer', doc: 'Encryption of the connection, as in libpq.' }),
    sslrootcert: setting(optional(path), { doc: 'File with the certificates that the database server is checked against.' }),
    cp_min: setting(integer({ min: 0 }), { default: 1, doc: 'Connections that are kept open.' }),
    cp_max: setting(integer({ min: 1 }), { default: 10, doc: 'Most connections at once.' }),
  },
  {
    check_same_thread: SILENT,
    cp_reconnect: SILENT,
    cp_noisy: SILENT,
    cp_openfun: SILENT,
    keepalives: LIBPQ_HINT,
    keepalives_idle: LIBPQ_HINT,
    keepalives_interval: LIBPQ_HINT,
    keepalives_count: LIBPQ_HINT,
    connect_timeout: LIBPQ_HINT,
    application_name: LIBPQ_HINT,
    options: LIBPQ_HINT,
    passfile: 'use password',
    sslcert: LIBPQ_HINT,
    sslkey: LIBPQ_HINT,
    target_session_attrs: LIBPQ_HINT,
  },
)

const written = section(
  {
    name: setting(choice('sqlite3', 'psycopg2', 'sqlite', 'postgres'), {
      default: 'sqlite3',
      doc: '`sqlite3` (or `sqlite`), or `psycopg2` (or `postgres`) for PostgreSQL.',
    }),
    args: setting(args, { default: {}, doc: 'Parameters of the connection, with the names that Synapse has.' }),
    url: setting(optional(secret), {
      doc: 'Instead of `name` and `args`: `postgres://user:password@host:port/database?sslmode=…`, or `sqlite:FILE`.',
    }),
  },
  { txn_limit: SILENT, allow_unsafe_locale: SILENT, statement_timeout: '', data_stores: 'Glia keeps everything in one database' },
)

/** The `database` key in any of its forms. */
const database: SettingType<DatabaseConfig> = {
  ...written,
  read(node, key, reading) {
    const values = written.read(node, key, reading)
    if (values === invalid) return invalid
    if (values.url !== null) return fromUrl(values.url, node, key, reading)
    const argsNode = (node.value as LocatedMap).get('args') ?? node
    return values.name === 'sqlite3' || values.name === 'sqlite'
      ? sqlite(values.args, argsNode, key, reading)
      : postgres(values.args, argsNode, key, reading)
  },
}

type Args = Exclude<ReturnType<typeof args.read>, Invalid>

function fromUrl(url: Secret, node: Located, key: string, reading: Reading): DatabaseConfig | Invalid {
  const parsed = parseDatabaseUrl(url.reveal(), reading.dataDir)
  return typeof parsed === 'string' ? refuse(node, key, parsed, reading) : parsed
}

function sqlite(given: Args, node: Located, key: string, reading: Reading): DatabaseConfig | Invalid {
  const file = given.database ?? 'glia.db'
  if (file === ':memory:') return { kind: 'sqlite', path: file }
  const absolute = path.read({ at: node.at, value: file }, `${key}.args.database`, reading)
  return absolute === invalid ? invalid : { kind: 'sqlite', path: absolute }
}

function postgres(given: Args, node: Located, key: string, reading: Reading): DatabaseConfig | Invalid {
  if (given.database !== null && given.dbname !== null && given.database !== given.dbname) {
    return refuse(node, `${key}.args`, 'database and dbname are the same setting: keep one of them', reading)
  }
  if (given.cp_min > given.cp_max) return refuse(node, `${key}.args`, 'cp_min must not be greater than cp_max', reading)
  return {
    kind: 'postgres',
    host: given.host ?? 'localhost',
    port: given.port,
    user: given.user,
    password: given.password,
    database: given.database ?? given.dbname,
    sslMode: given.sslmode,
    sslRootCertificatePath: given.sslrootcert,
    minConnections: given.cp_min,
    maxConnections: given.cp_max,
  }
}

export const databaseFields = {
  database: setting(database, {
    default: { name: 'sqlite3', args: { database: 'glia.db' } },
    doc: 'Where everything but media is kept: an SQLite file, or PostgreSQL. Glia cannot use a database of Synapse: give it one of its own.',
  }),
} satisfies Record<string, Setting<unknown>>
