import { CliError, RefusedError } from '../errors.ts'
import { requestJson, textMember } from '../http.ts'

/** What `glia` needs of the OAuth metadata of a homeserver (RFC 8414). */
export interface AuthMetadata {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly registrationEndpoint: string | undefined
  readonly deviceAuthorizationEndpoint: string | undefined
  readonly revocationEndpoint: string | undefined
  /** Which of the two paths has answered. */
  readonly foundAt: string
}

const PATHS = ['/_matrix/client/v1/auth_metadata', '/_matrix/client/unstable/org.matrix.msc2965/auth_metadata']

/**
 * Asks the homeserver where its auth service is, at the stable path and then at the older one.
 * @returns undefined for a homeserver without OAuth
 * @throws CliError
 */
export async function readAuthMetadata(homeserver: string): Promise<AuthMetadata | undefined> {
  for (const path of PATHS) {
    const { status, ok, body, isJson } = await requestJson(homeserver + path)
    if (ok && isJson) return parseAuthMetadata(body, homeserver, path)
    if (ok || status === 404 || status === 405 || body.errcode === 'M_UNRECOGNIZED') continue
    throw new RefusedError('Looking for the auth service', status, body)
  }
  return undefined
}

/** @throws CliError for metadata that is incomplete or would send tokens in the clear */
export function parseAuthMetadata(body: Record<string, unknown>, homeserver: string, foundAt: string): AuthMetadata {
  const endpoint = (name: string) => checkedEndpoint(name, body[name], homeserver)
  textMember(WHAT, body, 'token_endpoint')
  return {
    issuer: textMember(WHAT, body, 'issuer'),
    tokenEndpoint: endpoint('token_endpoint')!,
    registrationEndpoint: endpoint('registration_endpoint'),
    deviceAuthorizationEndpoint: endpoint('device_authorization_endpoint'),
    revocationEndpoint: endpoint('revocation_endpoint'),
    foundAt,
  }
}

const WHAT = 'The metadata of the auth service'

/** Tokens are sent there: never in the clear when the homeserver itself is reached by https. */
function checkedEndpoint(name: string, value: unknown, homeserver: string): string | undefined {
  if (value === undefined || value === null) return undefined
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new CliError(`${WHAT}: ${name} is no URL`)
  if (homeserver.startsWith('https:') && url.protocol !== 'https:') throw new CliError(`${WHAT}: ${name} is not encrypted (${url.origin})`)
  return url.href
}
