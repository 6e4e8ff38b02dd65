import { isAbsolute, resolve } from 'node:path'
import { Secret } from '@glia/platform'
import { type DatabaseConfig, sslModes } from './database-config.ts'

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…` (also `postgresql:`; `?host=/folder` for a Unix socket)
 * or `sqlite:FILE`; a relative file starts at the data folder.
 * @returns what is wrong, in words that do not repeat the URL (it may hold a password), if it is neither.
 */
export function parseDatabaseUrl(url: string, dataDir: string): DatabaseConfig | string {
  const file = /^sqlite3?:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1]
  if (file !== undefined) return { kind: 'sqlite', path: file === ':memory:' || isAbsolute(file) ? file : resolve(dataDir, file) }
  const parsed = URL.parse(url)
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    return 'must be a URL such as postgres://user:password@host:5432/database or sqlite:FILE'
  }
  const unknown = [...parsed.searchParams.keys()].filter((name) => !['host', 'sslmode', 'sslrootcert'].includes(name))
  if (unknown.length > 0) return `has parameters that Glia does not know: ${unknown.join(', ')}`
  const sslMode = sslModes.find((mode) => mode === (parsed.searchParams.get('sslmode') ?? 'prefer'))
  if (!sslMode) return `has an unknown sslmode; known are ${sslModes.join(', ')}`
  const certificate = parsed.searchParams.get('sslrootcert')
  try {
    return {
      kind: 'postgres',
      host: parsed.searchParams.get('host') ?? (parsed.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost'),
      port: parsed.port === '' ? 5432 : Number(parsed.port),
      user: decodeURIComponent(parsed.username) || null,
      password: parsed.password === '' ? null : new Secret(decodeURIComponent(parsed.password)),
      database: decodeURIComponent(parsed.pathname.slice(1)) || null,
      sslMode,
      sslRootCertificatePath: certificate === null ? null : resolve(dataDir, certificate),
      minConnections: 1,
      maxConnections: 10,
    }
  } catch {
    return 'has a percent sign that starts no %XX'
  }
}
