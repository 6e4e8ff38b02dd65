import type { Environment } from '@glia/platform'
import { dataDirOf, isServerFolder } from '@glia/server/config'
import { type ConnectionOptions, openConnection } from '../connection.ts'
import { CliError, UsageError } from '../errors.ts'
import { DEFAULT_PROFILE, readSession, sessionFile } from '../session/session-file.ts'

export interface NewAccount {
  /** Localpart or user id. */
  readonly name: string
  readonly password: string
  readonly displayName: string | undefined
  readonly isAdmin: boolean
}

/** Where accounts are looked after: in the server's own database, or over its Admin API. Names are localparts or user ids. */
export interface AccountPlace {
  /** For people: `example.org (data folder /srv/glia)`. */
  readonly description: string
  /** @returns the user id @throws CliError */
  create(account: NewAccount): Promise<string>
  setPassword(name: string, password: string, options: { keepSessions: boolean }): Promise<string>
  setAdmin(name: string, isAdmin: boolean): Promise<string>
  close(): Promise<void>
}

export interface PlaceOptions extends ConnectionOptions {
  readonly dataDir?: string | undefined
  readonly config?: readonly string[] | undefined
  /** Which of the options were written on the command line; the others come from the environment. */
  readonly isRemoteWritten: boolean
}

/**
 * Chooses the place. What is written on the command line decides: a data folder or configuration means the server's own database, a
 * profile, URL or token its API. Otherwise the server of this folder is meant if there is one (as `glia serve` would start it), and the
 * session's server if not.
 */
export async function openAccountPlace(options: PlaceOptions, env: Environment): Promise<AccountPlace> {
  const isLocalWritten = options.dataDir !== undefined || options.config !== undefined
  if (isLocalWritten && options.isRemoteWritten) {
    throw new UsageError('--data-dir and --config mean the server’s own database, --profile, --url and --token its API: use one kind')
  }
  if (isLocalWritten || (!options.isRemoteWritten && isServerHere(env))) return openLocal(options, env)
  if (!options.isRemoteWritten && !options.token && !(await readSession(sessionFile(options.profile || DEFAULT_PROFILE, env)))) {
    throw new CliError('there is no server here, and nobody is logged in', {
      hints: ['On the server’s machine: name its folder with --data-dir DIR', 'From elsewhere: glia login URL'],
    })
  }
  const { remoteAccounts } = await import('./remote-accounts.ts')
  return remoteAccounts(await openConnection(options, env))
}

function isServerHere(env: Environment): boolean {
  return Boolean(env.GLIA_DATA_DIR || env.GLIA_CONFIG) || isServerFolder(dataDirOf({}, env))
}

async function openLocal({ dataDir, config }: PlaceOptions, env: Environment): Promise<AccountPlace> {
  const { localAccounts } = await import('./local-accounts.ts')
  return localAccounts({ ...(dataDir === undefined ? {} : { dataDir }), ...(config === undefined ? {} : { config }) }, env)
}
