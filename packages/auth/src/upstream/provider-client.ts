import type { Clock, Outbound } from '@glia/platform'
import type { Configuration, CustomFetch } from 'openid-client'
import { fetchThrough } from '../outbound-fetch.ts'
import type { Claims } from './claim-template.ts'
import { UpstreamRefusal } from './identity.ts'
import type { UpstreamProvider } from './provider.ts'

/** The provider does not answer, or not as it should. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure'
}

/** Speaks with one provider. */
export interface ProviderClient {
  readonly provider: UpstreamProvider
  /** @returns where the browser goes, and the secret of PKCE if it is used @throws UpstreamFailure */
  begin(request: {
    redirectUri: string
    state: string
    nonce: string
    loginHint: string | undefined
  }): Promise<{ location: string; codeVerifier: string | undefined }>
  /**
   * Gets the claims for what the browser brought back (`callback`: our address with its query).
   * @throws UpstreamRefusal, UpstreamFailure
   */
  exchange(answer: { callback: URL; state: string; nonce: string; codeVerifier: string | undefined }): Promise<Claims>
  /** @returns whom a logout token names @throws UpstreamFailure if it is not from the provider */
  readLogoutToken(token: string): Promise<{ subject: string | undefined; sid: string | undefined }>
}

const TIMEOUT_MS = 10_000
const MAX_BYTES = 1024 * 1024
/** How long what a provider says of itself is believed. */
const METADATA_MS = 60 * 60_000
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const LOGOUT_TOKEN_AGE_SECONDS = 600

export function createProviderClient(deps: { provider: UpstreamProvider; outbound: Outbound; clock: Clock }): ProviderClient {
  const { provider, outbound, clock } = deps
  let known: { readonly configuration: Promise<Configuration>; readonly untilMs: number } | undefined

  const send: CustomFetch = fetchThrough(outbound)

  async function discover(): Promise<Configuration> {
    // Loaded with the first sign-in: a start needs none of it.
    const oidc = await import('openid-client')
    const secret = provider.clientSecret?.reveal()
    const authentications = {
      none: () => oidc.None(),
      client_secret_basic: () => oidc.ClientSecretBasic(secret),
      client_secret_post: () => oidc.ClientSecretPost(secret),
      client_secret_jwt: () => oidc.ClientSecretJwt(secret),
    }
    const metadata = { id_token_signed_response_alg: provider.idTokenAlgorithm }
    const authentication = authentications[provider.tokenEndpointAuthMethod]()
    const execute = [
      ...(provider.discoveryMode === 'oidc' ? [] : [oidc.allowInsecureRequests]),
      ...(provider.idTokenAlgorithm.startsWith('HS') ? [] : [oidc.enableNonRepudiationChecks]),
    ]
    const { authorization, token, userinfo, jwks } = provider.endpoints
    const given = {
      ...(authorization === null ? {} : { authorization_endpoint: authorization }),
      ...(token === null ? {} : { token_endpoint: token }),
      ...(userinfo === null ? {} : { userinfo_endpoint: userinfo }),
      ...(jwks === null ? {} : { jwks_uri: jwks }),
    }
    if (provider.discoveryMode !== 'disabled') {
      const found = await oidc.discovery(new URL(provider.issuer), provider.clientId, metadata, authentication, {
        execute,
        [oidc.customFetch]: send,
      })
      if (Object.keys(given).length === 0) return found
      const { supportsPKCE: _helper, ...said } = found.serverMetadata()
      return configured({ ...said, ...given })
    }
    return configured({ issuer: provider.issuer, ...given })

    function configured(server: ConstructorParameters<typeof oidc.Configuration>[0]): Configuration {
      const made = new oidc.Configuration(server, provider.clientId, metadata, authentication)
      made[oidc.customFetch] = send
      for (const apply of execute) apply(made)
      return made
    }
  }

  async function configuration(): Promise<Configuration> {
    if (!known || known.untilMs <= clock.nowMs()) {
      const attempt = { configuration: discover(), untilMs: clock.nowMs() + METADATA_MS }
      known = attempt
      attempt.configuration.catch(() => {
        if (known === attempt) known = undefined
      })
    }
    return known.configuration
  }

  return {
    provider,
    begin: ({ redirectUri, state, nonce, loginHint }) =>
      orFailure(async () => {
        const oidc = await import('openid-client')
        const config = await configuration()
        const usesPkce = provider.pkceMethod === 'always' || (provider.pkceMethod === 'auto' && config.serverMetadata().supportsPKCE())
        const codeVerifier = usesPkce ? oidc.randomPKCECodeVerifier() : undefined
        const location = oidc.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: provider.scope,
          state,
          nonce,
          ...(loginHint === undefined ? {} : { login_hint: loginHint }),
          ...(codeVerifier === undefined
            ? {}
            : { code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256' }),
        })
        return { location: location.href, codeVerifier }
      }),
    exchange: ({ callback, state, nonce, codeVerifier }) =>
      orFailure(async () => {
        const oidc = await import('openid-client')
        const config = await configuration()
        try {
          const tokens = await oidc.authorizationCodeGrant(config, callback, {
            expectedState: state,
            expectedNonce: nonce,
            idTokenExpected: true,
            ...(codeVerifier === undefined ? {} : { pkceCodeVerifier: codeVerifier }),
          })
          const idTokenClaims: Record<string, unknown> = { ...tokens.claims() }
          const userinfoClaims: Record<string, unknown> = provider.isUserinfoFetched
            ? { ...(await oidc.fetchUserInfo(config, tokens.access_token, String(idTokenClaims.sub))) }
            : {}
          return { user: { ...idTokenClaims, ...userinfoClaims }, id_token_claims: idTokenClaims, userinfo_claims: userinfoClaims }
        } catch (error) {
          if (!(error instanceof oidc.AuthorizationResponseError)) throw error
          throw new UpstreamRefusal(
            error.error === 'access_denied'
              ? 'The provider did not let you in, or you broke it off there.'
              : `The provider answered: ${error.error_description ?? error.error}`,
          )
        }
      }),
    readLogoutToken: (token) =>
      orFailure(async () => {
        const { createLocalJWKSet, decodeJwt, jwtVerify } = await import('jose')
        // before anything is asked for: most of what is not meant for us ends here
        if (decodeJwt(token).iss !== provider.issuer) throw new UpstreamFailure('the logout token is of another issuer')
        const keysAt = (await configuration()).serverMetadata().jwks_uri
        if (keysAt === undefined) throw new UpstreamFailure('the provider shows no keys')
        const keys = (await outbound.request({ url: keysAt, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })).json()
        const { payload } = await jwtVerify(token, createLocalJWKSet(keys as Parameters<typeof createLocalJWKSet>[0]), {
          issuer: provider.issuer,
          audience: provider.clientId,
          algorithms: [provider.idTokenAlgorithm],
          currentDate: new Date(clock.nowMs()),
          maxTokenAge: LOGOUT_TOKEN_AGE_SECONDS,
          clockTolerance: 60,
          requiredClaims: ['iat', 'jti'],
        })
        const events = payload.events as Record<string, unknown> | null | undefined
        const isLogout = typeof events === 'object' && typeof events?.[LOGOUT_EVENT] === 'object' && payload.nonce === undefined
        const sid = typeof payload.sid === 'string' ? payload.sid : undefined
        if (!isLogout || (payload.sub === undefined && sid === undefined)) throw new UpstreamFailure('this is no logout token')
        return { subject: payload.sub, sid }
      }),
  }
}

async function orFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UpstreamRefusal || error instanceof UpstreamFailure) throw error
    throw new UpstreamFailure(error instanceof Error ? error.message : 'failed', { cause: error })
  }
}
