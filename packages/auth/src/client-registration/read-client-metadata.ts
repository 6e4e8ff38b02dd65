import { OAuthError } from '@glia/contract'
import {
  type ClientAuthMethod,
  type ClientMetadata,
  clientAuthMethods,
  type GrantType,
  grantTypes,
  type IdTokenAlgorithm,
  idTokenAlgorithms,
} from './client.ts'
import { algorithmsFor } from './client-assertion.ts'
import { readKeySet } from './read-key-set.ts'

const KNOWN_GRANT_TYPES: readonly string[] = Object.values(grantTypes)
const KNOWN_RESPONSE_TYPES = ['code']
/** Members that may also come with a language: `client_name#de`. */
const LOCALIZED = ['client_name', 'client_uri', 'logo_uri', 'policy_uri', 'tos_uri'] as const

/**
 * Reads the JSON of a registration. Unknown members, grant types and response types are left out (Client-Server API, "Client
 * registration"), wrong ones refused.
 * @throws OAuthError invalid_client_metadata, invalid_redirect_uri
 */
export function readClientMetadata(body: Readonly<Record<string, unknown>>): ClientMetadata {
  const grants = knownGrantTypes(stringList(body, 'grant_types') ?? [grantTypes.authorizationCode])
  const usesCode = grants.includes(grantTypes.authorizationCode)
  const responseTypes = (stringList(body, 'response_types') ?? (usesCode ? ['code'] : [])).filter((type) =>
    KNOWN_RESPONSE_TYPES.includes(type),
  )
  if (responseTypes.includes('code') && !usesCode) throw invalid('response_types contains code, but grant_types not authorization_code')
  const redirectUris = redirectUrisOf(body)
  if (usesCode && redirectUris.length === 0) {
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris is required for the authorization_code grant')
  }
  for (const name of LOCALIZED) checkLocalized(body, name)
  return {
    redirectUris,
    grantTypes: grants,
    responseTypes,
    applicationType: oneOf(body, 'application_type', ['web', 'native'] as const) ?? 'web',
    clientName: string(body, 'client_name'),
    clientUri: url(body, 'client_uri'),
    logoUri: url(body, 'logo_uri'),
    policyUri: url(body, 'policy_uri'),
    tosUri: url(body, 'tos_uri'),
    contacts: stringList(body, 'contacts'),
    ...authenticationOf(body),
    idTokenSignedResponseAlg: oneOf<IdTokenAlgorithm>(body, 'id_token_signed_response_alg', idTokenAlgorithms),
  }
}

function authenticationOf(body: Readonly<Record<string, unknown>>) {
  const method: ClientAuthMethod = oneOf(body, 'token_endpoint_auth_method', clientAuthMethods) ?? 'client_secret_basic'
  const algorithms = algorithmsFor(method)
  const tokenEndpointAuthSigningAlg = algorithms.length === 0 ? undefined : oneOf(body, 'token_endpoint_auth_signing_alg', algorithms)
  if (algorithms.length > 0 && tokenEndpointAuthSigningAlg === undefined) {
    throw invalid(`token_endpoint_auth_signing_alg is required for ${method}`)
  }
  const jwksUri = url(body, 'jwks_uri')
  const jwks = body.jwks === undefined || body.jwks === null ? undefined : readKeySet(body.jwks)
  if (typeof jwks === 'string') throw invalid(`jwks ${jwks}`)
  if (jwks && jwksUri !== undefined) throw invalid('jwks and jwks_uri exclude each other')
  if (method === 'private_key_jwt' && !jwks && jwksUri === undefined) throw invalid('private_key_jwt needs jwks or jwks_uri')
  return { tokenEndpointAuthMethod: method, tokenEndpointAuthSigningAlg, jwks, jwksUri }
}

function invalid(message: string): OAuthError {
  return new OAuthError('invalid_client_metadata', message)
}

function string(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid(`${name} must be a string`)
  if (/\p{Cc}/u.test(value)) throw invalid(`${name} must not contain control characters`)
  return value
}

function stringList(body: Readonly<Record<string, unknown>>, name: string): string[] | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw invalid(`${name} must be a list of strings`)
  return value
}

function oneOf<T extends string>(body: Readonly<Record<string, unknown>>, name: string, values: readonly T[]): T | undefined {
  const value = string(body, name)
  if (value === undefined) return undefined
  const known = values.find((candidate) => candidate === value)
  if (known === undefined) throw invalid(`${name} must be one of ${values.join(', ')}`)
  return known
}

function url(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = string(body, name)
  if (value === undefined) return undefined
  const parsed = URL.parse(value)
  if (!parsed) throw invalid(`${name} must be an absolute URL`)
  return parsed.href
}

function knownGrantTypes(sent: readonly string[]): GrantType[] {
  return [...new Set(sent)].filter((type): type is GrantType => KNOWN_GRANT_TYPES.includes(type))
}

function redirectUrisOf(body: Readonly<Record<string, unknown>>): string[] {
  const uris = stringList(body, 'redirect_uris') ?? []
  return uris.map((uri) => {
    const parsed = URL.parse(uri)
    if (!parsed) throw new OAuthError('invalid_redirect_uri', 'redirect_uris must be absolute URIs')
    if (uri.includes('#')) throw new OAuthError('invalid_redirect_uri', 'redirect_uris must not have a fragment')
    return parsed.href
  })
}

function checkLocalized(body: Readonly<Record<string, unknown>>, name: (typeof LOCALIZED)[number]): void {
  for (const key of Object.keys(body)) {
    if (!key.startsWith(`${name}#`)) continue
    if (body[name] === undefined) throw invalid(`${key} is there, but ${name} is not`)
    if (name === 'client_name') string(body, key)
    else url(body, key)
  }
}
