import { ConnectionError, createClient } from '@glia/client'

/** What the sign-in page knows of a homeserver. */
export interface Homeserver {
  /** Without a slash at the end. */
  readonly baseUrl: string
  /** Undefined: it hides it, or has no Admin API. */
  readonly version: string | undefined
  readonly takesPassword: boolean
  /** The authorization server's metadata (RFC 8414), if it has one. */
  readonly auth: AuthMetadata | undefined
  /** Helpers have roles here, and tokens can be narrowed to them: it is a Glia. */
  readonly hasRoles: boolean
}

/** The members of RFC 8414 that signing in needs. */
export interface AuthMetadata {
  readonly issuer: string
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly registration_endpoint?: string
  readonly revocation_endpoint?: string
  readonly scopes_supported?: readonly string[]
}

/**
 * Addresses to try for what a person typed: a URL, a server name, or a user id.
 * A URL is taken as it is first; a bare name is looked up in its well-known first (Client-Server API, "Server discovery").
 */
export function addressesOf(typed: string): { direct: string | undefined; wellKnown: string } | undefined {
  const text = typed.trim()
  const name = text.startsWith('@') ? /^@[^:]*:(.+)$/.exec(text)?.[1] : text
  if (name === undefined) return undefined
  const hasScheme = /^https?:\/\//i.test(name)
  const url = URL.parse(hasScheme ? name : `https://${name}`)
  if (!url || url.hostname === '' || /\s/.test(name)) return undefined
  const base = (url.origin + url.pathname).replace(/\/+$/, '')
  return { direct: hasScheme ? base : undefined, wellKnown: url.origin }
}

/**
 * Finds the homeserver and asks it how one may sign in.
 * @throws Error with a sentence for the person who typed the address
 */
export async function findHomeserver(typed: string, signal: AbortSignal): Promise<Homeserver> {
  const addresses = addressesOf(typed)
  if (!addresses) throw new Error('This is neither an address nor a server name.')
  if (addresses.direct !== undefined && (await isHomeserver(addresses.direct, signal))) return ask(addresses.direct, signal)
  const delegated = await baseUrlFromWellKnown(addresses.wellKnown, signal)
  for (const candidate of [delegated, addresses.direct === undefined ? addresses.wellKnown : undefined]) {
    if (candidate !== undefined && (await isHomeserver(candidate, signal))) return ask(candidate, signal)
  }
  throw new Error(`No homeserver answers at ${addresses.direct ?? addresses.wellKnown}.${mixedContentHint(addresses.direct)}`)
}

async function ask(baseUrl: string, signal: AbortSignal): Promise<Homeserver> {
  const { client, admin } = createClient({ baseUrl })
  const [flows, auth, version, hasRoles] = await Promise.all([
    client.login.getLoginFlows({ signal }).then(
      (answer) => answer.flows.map(({ type }) => type),
      (): string[] => [],
    ),
    authMetadata(baseUrl, signal),
    admin.server.getServerVersion({ signal }).then(
      (answer) => answer.server_version,
      () => undefined,
    ),
    hasRoleApi(baseUrl, signal),
  ])
  return { baseUrl, version, takesPassword: flows.includes('m.login.password'), auth, hasRoles }
}

/** Who may do what is told to those who are signed in, so that a server that knows it asks for a token. */
async function hasRoleApi(baseUrl: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${baseUrl}/_glia/admin/v1/whoami`, { signal }).catch(() => undefined)
  return response?.status === 401
}

async function isHomeserver(baseUrl: string, signal: AbortSignal): Promise<boolean> {
  const answer = await jsonAt(`${baseUrl}/_matrix/client/versions`, signal)
  return Array.isArray(answer?.versions)
}

async function baseUrlFromWellKnown(origin: string, signal: AbortSignal): Promise<string | undefined> {
  const answer = await jsonAt(`${origin}/.well-known/matrix/client`, signal)
  const baseUrl = (answer?.['m.homeserver'] as { base_url?: unknown } | undefined)?.base_url
  return typeof baseUrl === 'string' && /^https?:\/\//.test(baseUrl) ? baseUrl.replace(/\/+$/, '') : undefined
}

async function authMetadata(baseUrl: string, signal: AbortSignal): Promise<AuthMetadata | undefined> {
  for (const path of ['v1/auth_metadata', 'unstable/org.matrix.msc2965/auth_metadata']) {
    const answer = await jsonAt(`${baseUrl}/_matrix/client/${path}`, signal)
    const needed = [answer?.issuer, answer?.authorization_endpoint, answer?.token_endpoint]
    if (needed.every((member) => typeof member === 'string')) return answer as unknown as AuthMetadata
  }
  return undefined
}

/** Undefined for everything that is not a good answer with a JSON object. */
async function jsonAt(url: string, signal: AbortSignal): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(url, { signal, headers: { accept: 'application/json' } })
    if (!response.ok) return undefined
    return (await response.json()) as Record<string, unknown>
  } catch (error) {
    if (signal.aborted) throw new ConnectionError(url, error)
    return undefined
  }
}

function mixedContentHint(direct: string | undefined): string {
  const isBlocked = direct?.startsWith('http:') && location.protocol === 'https:'
  return isBlocked ? ' A page served by https may not ask a server by plain http.' : ''
}
