import { ApiError, ConnectionError } from '@glia/client'
import { type AdminRole, adminRoleScopes } from '@glia/contract'
import type { Session } from '../session/session.ts'
import { requestTokens } from '../session/token-endpoint.ts'
import { adminSession } from './admin-check.ts'
import type { AuthMetadata, Homeserver } from './find-homeserver.ts'
import { checkIdToken } from './id-token.ts'
import { codeChallengeOf, randomText } from './pkce.ts'

const SERVER_ADMIN_SCOPE = 'urn:synapse:admin:*'
const STABLE_API_SCOPE = 'urn:matrix:client:api:*'
const UNSTABLE_API_SCOPE = 'urn:matrix:org.matrix.msc2967.client:api:*'

/** What is remembered while the person is at the authorization server. */
interface Pending {
  readonly nonce: string
  readonly verifier: string
  readonly redirectUri: string
  readonly baseUrl: string
  readonly issuer: string
  readonly clientId: string
  readonly tokenEndpoint: string
  readonly revocationEndpoint: string | undefined
  readonly returnTo: string
}

/** The person, or the policy, said no. `message` is the server's. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError'
}

/** As what one signs in: scopes are given or refused as a whole, so it has to be known before. */
export type SignInAs = 'admin' | AdminRole

/**
 * What the console asks for: to know who signed in, and the Admin API or what a role may of it. Not `urn:mas:admin`: nothing here needs it,
 * and a token should not be able to do more than its session does.
 */
export function scopesFor(auth: AuthMetadata, as: SignInAs): string {
  const api = auth.scopes_supported?.includes(STABLE_API_SCOPE) ? STABLE_API_SCOPE : UNSTABLE_API_SCOPE
  const power = [...adminRoleScopes].find(([, role]) => role === as)?.[0] ?? SERVER_ADMIN_SCOPE
  return ['openid', api, power].join(' ')
}

/**
 * Leaves for the authorization server (authorization code grant with PKCE, RFC 6749 section 4.1 and RFC 7636). The client is registered
 * anew each time: the same metadata gives the same client, and a server that has forgotten it makes no trouble.
 * @param returnTo path within the console to go to afterwards
 * @throws ApiError, ConnectionError
 */
export async function leaveForSignIn(server: Homeserver, auth: AuthMetadata, as: SignInAs, returnTo: string): Promise<void> {
  const consoleUrl = new URL(import.meta.env.BASE_URL, location.origin).href
  const redirectUri = `${consoleUrl}callback`
  const clientId = await registerClient(auth, consoleUrl, redirectUri)
  const state = randomText()
  const pending: Pending = {
    nonce: randomText(),
    verifier: randomText(),
    redirectUri,
    baseUrl: server.baseUrl,
    issuer: auth.issuer,
    clientId,
    tokenEndpoint: auth.token_endpoint,
    revocationEndpoint: auth.revocation_endpoint,
    returnTo,
  }
  sessionStorage.setItem(keyOf(state), JSON.stringify(pending))
  const target = new URL(auth.authorization_endpoint)
  const parameters = {
    response_type: 'code',
    response_mode: 'query',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scopesFor(auth, as),
    state,
    nonce: pending.nonce,
    code_challenge: await codeChallengeOf(pending.verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value)
  location.assign(target)
}

/**
 * Takes the answer that the authorization server put into the address of the callback page.
 * @throws AccessDeniedError, NotAdminError, ApiError, ConnectionError, Error
 */
export async function finishSignIn(answer: URLSearchParams): Promise<{ session: Session; returnTo: string }> {
  const pending = takePending(answer.get('state'))
  const error = answer.get('error')
  if (error !== null) {
    const text = answer.get('error_description') ?? error
    throw error === 'access_denied' ? new AccessDeniedError(text) : new Error(text)
  }
  const issuer = answer.get('iss')
  if (issuer !== null && issuer !== pending.issuer) throw new Error('The answer is from another authorization server.')
  const code = answer.get('code')
  if (code === null) throw new Error('The authorization server sent no code.')
  const tokens = await requestTokens(pending.tokenEndpoint, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: pending.redirectUri,
    client_id: pending.clientId,
    code_verifier: pending.verifier,
  })
  if (tokens.idToken === undefined) throw new Error('The authorization server sent no id token.')
  checkIdToken(tokens.idToken, { ...pending, nowMs: Date.now() })
  const session = await adminSession({
    baseUrl: pending.baseUrl,
    origin: 'oauth',
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    expiresAtMs: tokens.expiresAtMs,
    oauth: {
      issuer: pending.issuer,
      clientId: pending.clientId,
      tokenEndpoint: pending.tokenEndpoint,
      revocationEndpoint: pending.revocationEndpoint,
    },
  })
  return { session, returnTo: pending.returnTo }
}

function keyOf(state: string): string {
  return `glia.oauth.${state}`
}

/** The pending sign-in with this `state`, once. */
function takePending(state: string | null): Pending {
  const stored = state === null ? null : sessionStorage.getItem(keyOf(state))
  if (state === null || stored === null) throw new Error('This sign-in was not started in this tab, or is over already.')
  sessionStorage.removeItem(keyOf(state))
  return JSON.parse(stored) as Pending
}

/** RFC 7591, as a public client. */
async function registerClient(auth: AuthMetadata, consoleUrl: string, redirectUri: string): Promise<string> {
  const endpoint = auth.registration_endpoint
  if (endpoint === undefined) throw new Error('The authorization server registers no clients.')
  let response: Response
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        client_name: 'Glia console',
        client_uri: consoleUrl,
        redirect_uris: [redirectUri],
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
    })
  } catch (error) {
    throw new ConnectionError(endpoint, error)
  }
  const body = (await response.json().catch(() => undefined)) as { client_id?: unknown } | undefined
  if (!response.ok || typeof body?.client_id !== 'string') throw new ApiError('oauth.clients.register', response.status, body)
  return body.client_id
}
