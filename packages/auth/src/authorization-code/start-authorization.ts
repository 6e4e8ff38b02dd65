import { type OAuthErrorCode, PageError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import { type Client, type ClientTables, findClient, matchRedirectUri } from '../client-registration/index.ts'
import { parseScope } from '../policy/index.ts'
import { insertAuthorizationGrant, type PendingAuthorizationGrant } from './authorization-grant.ts'
import { type ResponseTarget, responseLocation } from './authorization-response.ts'
import type { AuthorizationGrantTables } from './tables.ts'

/** The query of `/authorize`, as sent. */
export type AuthorizationParameters = Readonly<Record<string, string | undefined>>

export interface StartAuthorizationDeps {
  readonly database: Database<AuthorizationGrantTables & ClientTables>
  readonly clock: Clock
  readonly random: Random
  readonly issuer: () => string
}

/** Either a grant that waits for a person, or an error for the client. */
export type StartedAuthorization =
  | { readonly kind: 'grant'; readonly grant: PendingAuthorizationGrant; readonly isSignUp: boolean }
  | {
      readonly kind: 'refused'
      readonly client: Client
      readonly message: string
      /** Where the browser takes the error to the client. */
      readonly location: string
      /** The client asked not to show anything (`prompt=none`). */
      readonly isSilent: boolean
    }

class Refusal extends Error {
  readonly code: OAuthErrorCode
  constructor(code: OAuthErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Checks a request for authorization and keeps it until somebody decides.
 * @throws PageError when it is not certain where to send the browser back to
 */
export async function startAuthorization(deps: StartAuthorizationDeps, parameters: AuthorizationParameters): Promise<StartedAuthorization> {
  const client = parameters.client_id ? await findClient(deps.database.read, parameters.client_id) : undefined
  if (!client) throw new PageError(400, 'Unknown client', 'The link that brought you here names no client that this server knows.')
  const target = targetOf(client, parameters)
  try {
    const grant = readGrant(deps, client, target, parameters)
    await deps.database.transaction((tx) => insertAuthorizationGrant(tx, grant))
    return { kind: 'grant', grant, isSignUp: prompts(parameters).includes('create') }
  } catch (error) {
    const refusal = refusalOf(error)
    const { code, message } = refusal
    const location = responseLocation(target, deps.issuer(), { error: code, error_description: message })
    return { kind: 'refused', client, message, location, isSilent: prompts(parameters).includes('none') }
  }
}

function targetOf(client: Client, parameters: AuthorizationParameters): ResponseTarget {
  const only = client.redirectUris.length === 1 ? client.redirectUris[0] : undefined
  const redirectUri = parameters.redirect_uri === undefined ? only : matchRedirectUri(parameters.redirect_uri, client.redirectUris)
  if (redirectUri === undefined) {
    throw new PageError(400, 'Wrong address', 'The client wants you sent back to an address that it has not registered.')
  }
  const mode = parameters.response_mode ?? 'query'
  if (mode !== 'query' && mode !== 'fragment') {
    throw new PageError(400, 'Wrong response mode', 'The client asks for an answer in a form that this server does not know.')
  }
  return { redirectUri, responseMode: mode, state: parameters.state }
}

function readGrant(
  deps: StartAuthorizationDeps,
  client: Client,
  target: ResponseTarget,
  parameters: AuthorizationParameters,
): PendingAuthorizationGrant {
  if (parameters.request !== undefined) throw new Refusal('request_not_supported', 'request objects are not supported')
  if (parameters.request_uri !== undefined) throw new Refusal('request_uri_not_supported', 'request_uri is not supported')
  if (parameters.registration !== undefined) throw new Refusal('registration_not_supported', 'registration is not supported')
  if (!parameters.response_type) throw new Refusal('invalid_request', 'response_type is missing')
  if (parameters.response_type !== 'code') throw new Refusal('unsupported_response_type', 'response_type must be code')
  if (!client.grantTypes.includes('authorization_code')) {
    throw new Refusal('unauthorized_client', 'this client has not registered the authorization_code grant')
  }
  const prompt = prompts(parameters)
  if (prompt.includes('none')) throw new Refusal('login_required', 'a person has to consent')
  return {
    stage: 'pending',
    id: makeUlid(deps.clock, deps.random),
    clientId: client.id,
    createdAtMs: deps.clock.nowMs(),
    ...target,
    scope: parseScope(parameters.scope).join(' '),
    nonce: parameters.nonce,
    codeChallenge: codeChallengeOf(client, parameters),
    loginHint: parameters.login_hint,
    needsFreshLogin: prompt.includes('login'),
  }
}

/** S256 only; and public clients must use it (OAuth 2.0 Security Best Current Practice, RFC 9700 section 2.1.1). */
function codeChallengeOf(client: Client, parameters: AuthorizationParameters): string | undefined {
  const challenge = parameters.code_challenge
  if (challenge === undefined) {
    if (parameters.code_challenge_method !== undefined) throw new Refusal('invalid_request', 'code_challenge is missing')
    if (client.tokenEndpointAuthMethod === 'none')
      throw new Refusal('invalid_request', 'public clients must use PKCE: code_challenge is missing')
    return undefined
  }
  if (parameters.code_challenge_method !== 'S256') throw new Refusal('invalid_request', 'code_challenge_method must be S256')
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw new Refusal('invalid_request', 'code_challenge is not a SHA-256 in base64url')
  return challenge
}

function prompts(parameters: AuthorizationParameters): string[] {
  return (parameters.prompt ?? '').split(' ')
}

function refusalOf(error: unknown): { code: OAuthErrorCode; message: string } {
  const known = error as { code?: OAuthErrorCode; message: string; name?: string }
  if (error instanceof Refusal || known.name === 'OAuthError') return { code: known.code!, message: known.message }
  throw error
}
