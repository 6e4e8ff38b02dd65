import { readFileSync } from 'node:fs'
import { type AuthSchema, authMigrations } from '@glia/auth'
import { type Database, type DatabaseOptions, ForeignDatabaseError, migrate, openDatabase, type PostgresOptions } from '@glia/database'
import { claimServerName, type HomeserverSchema, homeserverMigrations, OtherServerNameError } from '@glia/homeserver'
import type { Logger } from '@glia/platform'
import type { Config, PostgresDatabaseConfig } from './config/index.ts'

/** The configured database cannot be this server's. The message is for the admin. */
export class UnusableDatabaseError extends Error {
  override readonly name = 'UnusableDatabaseError'
}

/**
 * Opens the configured database, brings its tables up to date, and makes sure that it is this server's.
 * @throws UnusableDatabaseError if it belongs to another program or another server name
 */
export async function openServerDatabase(
  config: Pick<Config, 'database' | 'server'>,
  logger: Logger,
): Promise<Database<HomeserverSchema & AuthSchema>> {
  const database = await openDatabase<HomeserverSchema & AuthSchema>(databaseOptions(config.database), (error) =>
    logger.warn({ err: error }, 'a database connection broke'),
  )
  try {
    await migrate(database, [...homeserverMigrations, ...authMigrations])
    await claimServerName(database.as(), config.server.name)
    return database
  } catch (error) {
    await database.close()
    if (error instanceof ForeignDatabaseError || error instanceof OtherServerNameError) throw new UnusableDatabaseError(error.message)
    throw error
  }
}

function databaseOptions(config: Config['database']): DatabaseOptions {
  if (config.kind === 'sqlite') return { kind: 'sqlite', file: config.path }
  return {
    kind: 'postgres',
    maxConnections: config.maxConnections,
    minConnections: config.minConnections,
    connection: {
      host: config.host,
      port: config.port,
      ...(config.user === null ? {} : { user: config.user }),
      ...(config.password === null ? {} : { password: config.password.reveal() }),
      ...(config.database === null ? {} : { database: config.database }),
    },
    tls: tlsOptions(config),
  }
}

/** `allow` and `prefer` promise nothing in libpq, and are taken as no TLS; `require` encrypts without looking at the certificate. */
function tlsOptions({ sslMode, sslRootCertificatePath }: PostgresDatabaseConfig): Exclude<PostgresOptions['tls'], undefined> {
  switch (sslMode) {
    case 'disable':
    case 'allow':
    case 'prefer':
      return false
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-ca':
    case 'verify-full':
      return {
        rejectUnauthorized: true,
        ...(sslRootCertificatePath === null ? {} : { ca: readFileSync(sslRootCertificatePath, 'utf8') }),
        ...(sslMode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
      }
  }
}
