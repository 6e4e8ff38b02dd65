import { contract, OAuthError } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import type { Logger } from '@glia/platform'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import type { BrowserSessions, Sessions } from '../sessions/index.ts'
import { endLogins } from './logins.ts'
import type { UpstreamProvider } from './provider.ts'
import { UpstreamFailure } from './provider-client.ts'
import type { Upstream } from './upstream.ts'

/** What identity providers call. */
export function backchannelLogoutRoutes(deps: {
  database: Database<AuthSchema>
  upstream: Upstream<unknown>
  browserSessions: BrowserSessions
  sessions: Sessions
  homeserver: HomeserverLink
  logger: Logger
}): Route[] {
  const { upstream } = deps
  const endpoints = contract.oauth.backchannelLogout

  async function end(provider: UpstreamProvider | undefined, token: string | undefined): Promise<Reply> {
    if (!provider) throw new OAuthError('invalid_request', 'There is no such provider', { status: 404 })
    if (!token) throw new OAuthError('invalid_request', 'logout_token is missing')
    const left = await upstream
      .clientOf(provider)
      .readLogoutToken(token)
      .catch((error: unknown) => {
        if (!(error instanceof UpstreamFailure)) throw error
        deps.logger.warn({ provider: provider.id, reason: error.message }, 'a logout token was refused')
        throw new OAuthError('invalid_request', 'The logout token is not valid')
      })
    await endLogins(deps, provider, left)
    return Reply.json(200, {}, { 'cache-control': 'no-store' })
  }

  /** Of which provider a token says that it is; checked later. */
  async function findIssuer(token: string): Promise<UpstreamProvider | undefined> {
    const { decodeJwt } = await import('jose')
    try {
      const { iss, aud } = decodeJwt(token)
      return upstream.providers.find(({ issuer, clientId }) => issuer === iss && [aud].flat().includes(clientId))
    } catch {
      return undefined
    }
  }

  return [
    route(endpoints.endUpstreamLogins, ({ params, body }) => end(upstream.find(params.id), body.logout_token)),
    route(endpoints.endSynapseUpstreamLogins, async ({ body }) => end(await findIssuer(body.logout_token ?? ''), body.logout_token)),
  ]
}
