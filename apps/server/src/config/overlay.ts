import type { Environment } from '@glia/platform'
import { isList, isMap, type Located, type LocatedMap, locate } from './located.ts'
import { nearestName } from './nearest-name.ts'
import type { ConfigWarning, Problem } from './problems.ts'
import type { TopLevel } from './read-yaml.ts'
import { DEFAULT_LISTENERS } from './schema/listeners.ts'

/** What the command line may set; the rest of its options say which files are read. */
export interface ServeOptions {
  readonly config?: readonly string[]
  readonly dataDir?: string
  readonly serverName?: string
  readonly host?: string
  readonly port?: number
}

/** The environment variables that Glia reads. */
export const environmentVariables = {
  GLIA_CONFIG: 'Configuration files, separated by `:` or `,`; like `--config`.',
  GLIA_DATA_DIR: 'Data folder; like `--data-dir`.',
  GLIA_SERVER_NAME: 'Server name; like `--server-name`.',
  GLIA_HOST: 'Address of the first `http` listener; like `--host`.',
  GLIA_PORT: 'Port of the first `http` listener; like `--port`.',
  GLIA_DATABASE_URL: 'Database, as `database.url`.',
} as const

/** The value of an option and the name of what gave it, the option or the variable. */
export interface GivenOption {
  readonly value: string
  readonly at: string
}

/** An option that the command line or the environment has given. Empty variables count as not set. */
export function given(option: 'dataDir' | 'serverName' | 'host' | 'port', cli: ServeOptions, env: Environment): GivenOption | undefined {
  const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  const variable = `GLIA_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`
  const fromCli = cli[option]
  if (fromCli !== undefined) return { value: String(fromCli), at: flag }
  const fromEnv = env[variable]
  return fromEnv ? { value: fromEnv, at: variable } : undefined
}

/** Lays environment and command line over what the files say. */
export function overlay(top: TopLevel, cli: ServeOptions, env: Environment, problems: Problem[], warnings: ConfigWarning[]): void {
  const serverName = given('serverName', cli, env)
  if (serverName) top.set('server_name', { at: serverName.at, value: serverName.value })
  if (env.GLIA_DATABASE_URL) top.set('database', locate({ url: env.GLIA_DATABASE_URL }, 'GLIA_DATABASE_URL'))

  const host = given('host', cli, env)
  if (host) changeFirstListener(top, { bind_addresses: locate([host.value], host.at), bind_address: { at: host.at, value: null } })
  const port = given('port', cli, env)
  if (port) {
    if (/^\d{1,5}$/.test(port.value) && Number(port.value) <= 65535)
      changeFirstListener(top, { port: { at: port.at, value: Number(port.value) } })
    else problems.push({ at: port.at, key: '', message: 'must be a port number from 0 to 65535' })
  }
  warnings.push(...unknownVariables(env))
}

/** Changes the first `http` listener; a list without one is left alone, and the mistake in it is reported later. */
function changeFirstListener(top: TopLevel, changes: Record<string, Located>): void {
  const listeners = top.get('listeners')
  const list = listeners?.value ? listeners : locate(DEFAULT_LISTENERS, 'default')
  if (!isList(list.value)) return
  const first = list.value.findIndex((node) => isMap(node.value) && (node.value.get('type')?.value ?? 'http') === 'http')
  if (first < 0) return
  const changed = list.value.map((node, index) =>
    index === first ? { at: node.at, value: new Map([...(node.value as LocatedMap), ...Object.entries(changes)]) } : node,
  )
  top.set('listeners', { at: list.at, value: changed })
}

function unknownVariables(env: Environment): ConfigWarning[] {
  const known = Object.keys(environmentVariables)
  return Object.keys(env)
    .filter((name) => name.startsWith('GLIA_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearestName(
        name.toLowerCase(),
        known.map((variable) => variable.toLowerCase()),
      )
      return meant ? [{ at: name, key: '', message: `unknown variable, did you mean ${meant.toUpperCase()}?` }] : []
    })
}
