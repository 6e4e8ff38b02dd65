import { type Environment, systemClock } from '@glia/platform'
import { CliError, RefusedError } from '../errors.ts'
import { mustGetJson, requestJson, textMember } from '../http.ts'
import { type AuthMetadata, readAuthMetadata } from '../login/auth-metadata.ts'
import { findHomeserver, isLoopback, wellKnownBaseUrl } from '../login/find-homeserver.ts'
import { AccessTokens } from '../session/access-token.ts'
import { readSession, sessionFile } from '../session/session-file.ts'

export interface Finding {
  readonly check: string
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly detail: string
}

interface Access {
  /** Given outright: wins over the session. */
  readonly token: string | undefined
  readonly profile: string
  readonly env: Environment
}

type Outcome = readonly [Finding['result'], string]

/**
 * Checks one thing after the other, and goes on after a failure as far as that makes sense. Changes nothing.
 * @param written URL or name of the homeserver
 */
export async function examine(written: string, access: Access): Promise<Finding[]> {
  const findings: Finding[] = []
  const check = async <T>(name: string, look: () => Promise<{ outcome: Outcome; value?: T }>): Promise<T | undefined> => {
    try {
      const { outcome, value } = await look()
      findings.push({ check: name, result: outcome[0], detail: outcome[1] })
      return value
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      findings.push({ check: name, result: 'failed', detail: error.message })
      return undefined
    }
  }

  const base = await check('homeserver', async () => {
    const value = await findHomeserver(written)
    return { outcome: ['ok', value] as const, value }
  })
  if (base === undefined) return findings
  await check('transport', async () => ({ outcome: transportOf(new URL(base)) }))
  await check('well-known', async () => ({ outcome: await wellKnownOf(base) }))
  await check('spec versions', async () => ({ outcome: await versionsOf(base) }))
  await check('server', async () => ({ outcome: await serverOf(base) }))
  const metadata = await check('auth service', async () => {
    const value = await readAuthMetadata(base)
    return { outcome: authServiceOf(value, base), ...(value && { value }) }
  })
  if (metadata) await check('issuer', async () => ({ outcome: await issuerOf(metadata) }))
  await check('login', async () => ({ outcome: await loginOf(base) }))
  await check('wrong tokens', async () => ({ outcome: await wrongTokenOf(base) }))
  const token = await check('token', async () => tokenFor(base, access))
  if (token === undefined) {
    findings.push({ check: 'admin', result: 'skipped', detail: 'needs a token' })
    return findings
  }
  await check('admin', async () => ({ outcome: await adminOf(base, token) }))
  return findings
}

function transportOf(url: URL): Outcome {
  if (url.protocol === 'https:') return ['ok', 'encrypted']
  return isLoopback(url)
    ? ['ok', 'not encrypted, on this machine only']
    : ['warning', 'not encrypted: passwords and tokens can be read on the way']
}

async function wellKnownOf(base: string): Promise<Outcome> {
  const named = await wellKnownBaseUrl(new URL(base).origin)
  if (named === undefined) return ['warning', 'no /.well-known/matrix/client here: fine if the server name is another host’s']
  return named === base ? ['ok', `names ${named}`] : ['warning', `names ${named}, not ${base}`]
}

async function versionsOf(base: string): Promise<Outcome> {
  const { versions } = await mustGetJson('Versions', `${base}/_matrix/client/versions`)
  const list = (versions as unknown[]).map(String)
  return list.length > 0 ? ['ok', `${list[0]} to ${list.at(-1)}`] : ['failed', 'none is named']
}

async function serverOf(base: string): Promise<Outcome> {
  const { ok, body, status } = await requestJson(`${base}/_synapse/admin/v1/server_version`)
  // a proxy in front often keeps the Admin API from the world
  return ok ? ['ok', String(body.server_version)] : ['failed', `the Admin API does not answer under this URL (HTTP status ${status})`]
}

function authServiceOf(metadata: AuthMetadata | undefined, base: string): Outcome {
  if (!metadata) return ['ok', 'none: people log in at the homeserver']
  if (base.startsWith('https:') && !metadata.issuer.startsWith('https:'))
    return ['failed', `its issuer is not encrypted: ${metadata.issuer}`]
  if (!metadata.deviceAuthorizationEndpoint) return ['warning', `${metadata.issuer}, without the device grant: glia login needs a password`]
  const isStable = metadata.foundAt.includes('/v1/')
  return ['ok', `${metadata.issuer}${isStable ? '' : ' (found at the older path only)'}`]
}

/** Clients compare the issuer with what its own document says, and check ID tokens with its keys. */
async function issuerOf({ issuer }: AuthMetadata): Promise<Outcome> {
  const own = await mustGetJson('The document of the issuer', `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  if (own.issuer !== issuer) return ['failed', `its own document names another: ${String(own.issuer)}`]
  const { keys } = await mustGetJson('Keys', textMember('The document of the issuer', own, 'jwks_uri'))
  if (!Array.isArray(keys) || keys.length === 0) return ['failed', 'it has no keys']
  // Synapse does without OAuth if this is missing; Ketesa finds MAS's Admin API by the other
  if (typeof own.account_management_uri !== 'string') return ['warning', 'it does not say where accounts are looked after']
  if (!String(own.token_endpoint).endsWith('/oauth2/token')) return ['warning', 'the token endpoint is not where some tools expect it']
  return ['ok', `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`]
}

async function loginOf(base: string): Promise<Outcome> {
  const { flows } = await mustGetJson('Ways to log in', `${base}/_matrix/client/v3/login`)
  const types = Array.isArray(flows) ? flows.map((flow: { type?: unknown }) => String(flow?.type)) : []
  return types.length > 0 ? ['ok', types.join(', ')] : ['warning', 'no legacy way to log in: older clients cannot']
}

async function wrongTokenOf(base: string): Promise<Outcome> {
  const { status } = await requestJson(`${base}/_matrix/client/v3/account/whoami`, { token: 'not-a-token' })
  if (status === 401) return ['ok', 'are refused']
  return [
    'failed',
    `are answered with HTTP status ${status}, not 401${status === 503 ? ': the homeserver cannot reach its auth service' : ''}`,
  ]
}

async function tokenFor(base: string, { token, profile, env }: Access): Promise<{ outcome: Outcome; value?: string }> {
  const file = sessionFile(profile, env)
  const session = token === undefined ? await readSession(file) : undefined
  if (token === undefined && session?.server !== base) return { outcome: ['skipped', `nobody is logged in here: glia login ${base}`] }
  const value = token ?? (await new AccessTokens(file, systemClock).current()).accessToken
  const { user_id: userId } = await mustGetJson('It is not good', `${base}/_matrix/client/v3/account/whoami`, { token: value })
  return { outcome: ['ok', `of ${userId}${token === undefined ? `, profile ${profile}` : ''}`], value }
}

async function adminOf(base: string, token: string): Promise<Outcome> {
  try {
    const { total } = await mustGetJson('Admin', `${base}/_synapse/admin/v2/users?limit=1`, { token })
    return ['ok', `yes; ${total} accounts`]
  } catch (error) {
    if (error instanceof RefusedError && error.status === 403)
      return ['warning', 'no: the account is no server admin, or the scope is missing']
    throw error
  }
}
