import { OAuthError } from '@glia/contract'
import type { Origin } from '@glia/http'
import type { AuthorizationGrants } from '../authorization-code/index.ts'
import { type Client, grantTypes, requireGrantType } from '../client-registration/index.ts'
import type { DeviceGrants } from '../device-grant/index.ts'
import { type AuthorizationPolicy, parseScope } from '../policy/index.ts'
import { endSessionWithDevice } from '../revocation/index.ts'
import type { IssuedTokens } from '../sessions/index.ts'
import type { IdTokens } from './id-tokens.ts'
import { findConsenter, openUserSession, type UserSessionDeps } from './open-user-session.ts'

export interface ExchangeDeps extends UserSessionDeps {
  readonly authorizationGrants: AuthorizationGrants
  readonly deviceGrants: DeviceGrants
  readonly policy: AuthorizationPolicy
  readonly idTokens: IdTokens
  readonly deviceGrantEnabled: boolean
}

export interface TokenRequest {
  readonly grantType: string | undefined
  readonly code: string | undefined
  readonly codeVerifier: string | undefined
  readonly redirectUri: string | undefined
  readonly refreshToken: string | undefined
  readonly deviceCode: string | undefined
  readonly scope: string | undefined
}

export interface TokenAnswer {
  readonly tokens: IssuedTokens
  /** Separated by spaces; empty: none. */
  readonly scope: string
  readonly idToken?: string
}

type Exchange = (deps: ExchangeDeps, client: Client, request: TokenRequest, origin: Origin) => Promise<TokenAnswer>

/** One function for each grant type (RFC 6749 section 5, RFC 8628 section 3.4). All throw OAuthError. */
const exchanges: Readonly<Record<string, Exchange>> = {
  [grantTypes.authorizationCode]: exchangeCode,
  [grantTypes.refreshToken]: exchangeRefreshToken,
  [grantTypes.deviceCode]: exchangeDeviceCode,
  [grantTypes.clientCredentials]: exchangeClientCredentials,
}

/** @throws OAuthError unsupported_grant_type, unauthorized_client, and those of the grant type */
export async function exchangeToken(deps: ExchangeDeps, client: Client, request: TokenRequest, origin: Origin): Promise<TokenAnswer> {
  const exchange = Object.hasOwn(exchanges, request.grantType ?? '') ? exchanges[request.grantType ?? ''] : undefined
  const isOff = request.grantType === grantTypes.deviceCode && !deps.deviceGrantEnabled
  if (!exchange || isOff) throw new OAuthError('unsupported_grant_type', 'This server does not know the grant type')
  return exchange(deps, client, request, origin)
}

async function exchangeCode(deps: ExchangeDeps, client: Client, request: TokenRequest, origin: Origin): Promise<TokenAnswer> {
  requireGrantType(client, grantTypes.authorizationCode)
  const code = required(request.code, 'code')
  const checked = await deps.authorizationGrants.check(
    { code, codeVerifier: request.codeVerifier, redirectUri: request.redirectUri },
    client,
  )
  if ('replayedSessionId' in checked) {
    await deps.database.transaction((tx) => endSessionWithDevice(tx, deps, checked.replayedSessionId))
    throw new OAuthError('invalid_grant', 'The code was already used; the session that it gave has been ended')
  }
  const consenter = await findConsenter(deps, checked.browserSessionId)
  const { tokens, subject } = await deps.database.transaction(async (tx) => {
    const opened = await openUserSession(tx, deps, { consenter, client, scope: checked.scope, device: origin, origin })
    await deps.authorizationGrants.redeem(tx, checked.id, opened.tokens.sessionId)
    return opened
  })
  const idToken = await signIfWanted(deps, checked.scope, {
    client,
    subject,
    accessToken: tokens.accessToken,
    code,
    nonce: checked.nonce,
    authTimeMs: consenter.browserSession.createdAtMs,
  })
  return { tokens, scope: checked.scope, ...idToken }
}

async function exchangeDeviceCode(deps: ExchangeDeps, client: Client, request: TokenRequest, origin: Origin): Promise<TokenAnswer> {
  requireGrantType(client, grantTypes.deviceCode)
  const grant = await deps.deviceGrants.poll(required(request.deviceCode, 'device_code'), client)
  const consenter = await findConsenter(deps, grant.browserSessionId)
  const { tokens, subject } = await deps.database.transaction(async (tx) => {
    const opened = await openUserSession(tx, deps, { consenter, client, scope: grant.scope, device: grant, origin })
    await deps.deviceGrants.redeem(tx, grant.id, opened.tokens.sessionId)
    return opened
  })
  const idToken = await signIfWanted(deps, grant.scope, { client, subject, accessToken: tokens.accessToken })
  return { tokens, scope: grant.scope, ...idToken }
}

async function exchangeRefreshToken(deps: ExchangeDeps, client: Client, request: TokenRequest): Promise<TokenAnswer> {
  requireGrantType(client, grantTypes.refreshToken)
  const refreshToken = required(request.refreshToken, 'refresh_token')
  const result = await deps.database.transaction(async (tx) => {
    const refreshed = await deps.sessions.refresh(tx, { refreshToken, sessionKind: 'oauth', clientId: client.id })
    const { userId, deviceId } = refreshed.kind === 'replayed' ? refreshed.session : {}
    if (userId && deviceId) await deps.homeserver.deleteDevices(tx, userId, [deviceId])
    return refreshed
  })
  if (result.kind === 'refreshed') return { tokens: result.tokens, scope: result.session.scope }
  const message = result.kind === 'replayed' ? 'The refresh token was used before; the session has been ended' : 'Unknown refresh token'
  throw new OAuthError('invalid_grant', message)
}

async function exchangeClientCredentials(deps: ExchangeDeps, client: Client, request: TokenRequest, origin: Origin): Promise<TokenAnswer> {
  requireGrantType(client, grantTypes.clientCredentials)
  if (client.tokenEndpointAuthMethod === 'none') throw new OAuthError('unauthorized_client', 'This client has no secret')
  const scopes = parseScope(request.scope)
  const violations = deps.policy({ user: undefined, client, scopes })
  if (violations.length > 0) {
    throw new OAuthError('invalid_scope', violations.map(({ message }) => message).join(' '), { status: 403 })
  }
  const scope = scopes.join(' ')
  const tokens = await deps.database.transaction((tx) =>
    deps.sessions.createOAuthSession(tx, {
      userId: undefined,
      deviceId: undefined,
      clientId: client.id,
      scope,
      refreshable: false,
      origin,
    }),
  )
  return { tokens, scope }
}

async function signIfWanted(deps: ExchangeDeps, scope: string, request: Parameters<IdTokens['sign']>[0]): Promise<{ idToken?: string }> {
  return scope.split(' ').includes('openid') ? { idToken: await deps.idTokens.sign(request) } : {}
}

function required(value: string | undefined, name: string): string {
  if (!value) throw new OAuthError('invalid_request', `${name} is missing`)
  return value
}
