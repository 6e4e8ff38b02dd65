import type { Secret } from '@glia/platform'

/** How a connection is encrypted; the words of libpq. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

export type DatabaseConfig = SqliteDatabaseConfig | PostgresDatabaseConfig

export interface SqliteDatabaseConfig {
  readonly kind: 'sqlite'
  /** Absolute, or `:memory:`. */
  readonly path: string
}

export interface PostgresDatabaseConfig {
  readonly kind: 'postgres'
  /** Host, or folder of the Unix socket. */
  readonly host: string
  readonly port: number
  /** Null: the user of the process. */
  readonly user: string | null
  readonly password: Secret | null
  /** Null: the name of the user. */
  readonly database: string | null
  readonly sslMode: SslMode
  /** File with certificates, absolute. */
  readonly sslRootCertificatePath: string | null
  readonly minConnections: number
  readonly maxConnections: number
}
