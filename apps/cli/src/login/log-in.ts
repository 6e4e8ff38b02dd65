import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Environment } from '@glia/platform'
import { askUserId } from '../connection.ts'
import { CliError } from '../errors.ts'
import { tokensIn } from '../session/access-token.ts'
import type { StoredSession } from '../session/session-file.ts'
import type { Terminal } from '../terminal.ts'
import { type AuthMetadata, readAuthMetadata } from './auth-metadata.ts'
import { type DeviceGrant, registerClient, startDeviceGrant, waitForTokens } from './device-grant.ts'
import { findHomeserver, isLoopback } from './find-homeserver.ts'
import { openBrowser } from './open-browser.ts'
import { logInWithPassword, refuseWithoutPasswords } from './password-login.ts'

/** The older name of the API scope is the one that every version of MAS takes, too. */
export const DEFAULT_SCOPES = ['urn:matrix:org.matrix.msc2967.client:api:*', 'urn:synapse:admin:*']

export interface LogInDeps {
  readonly terminal: Terminal
  readonly env: Environment
  readonly clock: Clock
}

export interface LogInRequest {
  /** URL or name of the homeserver. */
  readonly homeserver: string
  readonly scopes: readonly string[]
  readonly browser: boolean
  /** Log in as this user with a password, also where there is OAuth. */
  readonly user: string | undefined
  readonly passwordFromStdin: boolean
}

/**
 * Opens a session: by the device grant where the homeserver has OAuth, by the legacy login elsewhere or if a user is named.
 * @throws CliError
 */
export async function logIn(deps: LogInDeps, request: LogInRequest): Promise<StoredSession> {
  const homeserver = await findHomeserver(request.homeserver)
  const url = new URL(homeserver)
  if (url.protocol === 'http:' && !isLoopback(url)) deps.terminal.note(`Careful: the connection to ${url.host} is not encrypted.`)
  if (request.user !== undefined) return byPassword(deps, homeserver, request)
  const metadata = await readAuthMetadata(homeserver)
  if (metadata?.deviceAuthorizationEndpoint) return byDeviceGrant(deps, homeserver, metadata, request)
  if (metadata) deps.terminal.note('The auth service does not offer the device grant: trying a password.')
  return byPassword(deps, homeserver, request)
}

async function byPassword({ terminal, clock }: LogInDeps, homeserver: string, request: LogInRequest): Promise<StoredSession> {
  await refuseWithoutPasswords(homeserver)
  const user = request.user ?? (await terminal.ask(`User at ${homeserver}: `)).trim()
  const password = request.passwordFromStdin ? (await terminal.readInput()).replace(/\r?\n$/, '') : await terminal.askHidden('Password: ')
  if (user === '' || password === '') throw new CliError('user and password are both needed')
  return logInWithPassword(homeserver, user, password, clock.nowMs())
}

async function byDeviceGrant(deps: LogInDeps, homeserver: string, metadata: AuthMetadata, request: LogInRequest): Promise<StoredSession> {
  const { terminal, clock } = deps
  const scope = request.scopes.join(' ')
  const clientId = await registerClient(metadata)
  const grant = await startDeviceGrant(metadata.deviceAuthorizationEndpoint!, clientId, scope)
  await showGrant(deps, grant, request.browser)
  const client = { clientId, tokenEndpoint: metadata.tokenEndpoint }
  const answer = await waitForTokens({ nowMs: clock.nowMs, sleep: (ms) => sleep(ms) }, grant, client)
  const tokens = tokensIn(answer, undefined, clock.nowMs())
  const granted = typeof answer.scope === 'string' ? answer.scope : scope
  const missing = request.scopes.filter((wanted) => !granted.split(' ').includes(wanted))
  if (missing.length > 0) terminal.note(`Not granted: ${missing.join(' ')}`)
  return {
    server: homeserver,
    userId: /(^| )urn:matrix:(org\.matrix\.msc2967\.)?client:api:\*/.test(granted)
      ? await askUserId(homeserver, tokens.accessToken)
      : undefined,
    ...tokens,
    oauth: {
      issuer: metadata.issuer,
      clientId,
      tokenEndpoint: metadata.tokenEndpoint,
      revocationEndpoint: metadata.revocationEndpoint,
      scope: granted,
    },
  }
}

async function showGrant({ terminal, env }: LogInDeps, grant: DeviceGrant, browser: boolean): Promise<void> {
  const { verificationUriComplete: link, verificationUri, userCode } = grant
  if (link !== undefined) {
    terminal.out(`Open this link and confirm:\n  ${link}\n`)
    if (terminal.width !== undefined) {
      const { renderUnicodeCompact } = await import('uqr')
      terminal.out(renderUnicodeCompact(link, { border: 2 }))
    }
    terminal.out('or type the code in yourself:')
  } else terminal.out('Open this page and type the code in:')
  terminal.out(`  address: ${verificationUri}\n  code:    ${userCode}\n`)
  if (browser && terminal.isInteractive && openBrowser(link ?? verificationUri, env, process.platform))
    terminal.out('Your browser opens it.')
  terminal.out('Waiting for confirmation ...')
}
