import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Environment } from '@glia/platform'
import { CliError, UsageError } from '../errors.ts'

/** How to go on with an OAuth session. */
export interface OAuthPart {
  readonly issuer: string
  readonly clientId: string
  readonly tokenEndpoint: string
  readonly revocationEndpoint: string | undefined
  readonly scope: string
}

/** A session that `glia login` has opened, as it is kept in the file of its profile. */
export interface StoredSession {
  /** Base URL of the homeserver, without a slash at the end. */
  readonly server: string
  /** Undefined for tokens that may not use the Client-Server API. */
  readonly userId: string | undefined
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** Undefined: the token does not expire by itself. */
  readonly expiresAtMs: number | undefined
  /** Undefined: a session of the legacy login. */
  readonly oauth: OAuthPart | undefined
}

export const DEFAULT_PROFILE = 'default'

/** The file of a profile: `$XDG_CONFIG_HOME/glia/NAME.json`. @throws UsageError for names that are no file names */
export function sessionFile(profile: string, env: Environment): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(profile)) {
    throw new UsageError(`${JSON.stringify(profile)} cannot be the name of a profile: letters, digits and . _ - are allowed`)
  }
  // the base directory specification: relative paths are to be ignored
  const base = env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(env.HOME || homedir(), '.config')
  return join(base, 'glia', `${profile}.json`)
}

/** @returns undefined if nobody is logged in @throws CliError if the file cannot be used */
export async function readSession(file: string): Promise<StoredSession | undefined> {
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CliError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error })
  }
  const session = parse(content)
  if (!session) throw new CliError(`${file} is damaged`, { hints: ['Remove it and log in again: glia login URL'] })
  return session
}

function parse(content: string): StoredSession | undefined {
  let value: Partial<StoredSession> | null
  try {
    value = JSON.parse(content)
  } catch {
    return undefined
  }
  if (typeof value?.server !== 'string' || typeof value.accessToken !== 'string') return undefined
  const { server, userId, accessToken, refreshToken, expiresAtMs, oauth } = value
  return { server, userId, accessToken, refreshToken, expiresAtMs, oauth }
}

/** Replaces the file as a whole: a crash leaves the old session or the new one. Nobody else may read it. */
export async function writeSession(file: string, session: StoredSession): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.new`
  await rm(temporary, { force: true })
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(session, undefined, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

export async function removeSession(file: string): Promise<void> {
  await rm(file, { force: true })
  await rm(lockFileOf(file), { force: true })
}

export function lockFileOf(file: string): string {
  return `${file}.lock`
}
