import { contract, OAuthError } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import type { Logger } from '@glia/platform'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import type { BrowserSessions, Sessions } from '../sessions/index.ts'
import { endLogins } from './logins.ts'
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
  return [
    route(contract.oauth.backchannelLogout.endUpstreamLogins, async ({ params, body }) => {
      const provider = upstream.find(params.id)
      if (!provider) throw new OAuthError('invalid_request', 'There is no such provider', { status: 404 })
      if (!body.logout_token) throw new OAuthError('invalid_request', 'logout_token is missing')
      let left: Awaited<ReturnType<ReturnType<typeof upstream.clientOf>['readLogoutToken']>>
      try {
        left = await upstream.clientOf(provider).readLogoutToken(body.logout_token)
      } catch (error) {
        if (!(error instanceof UpstreamFailure)) throw error
        deps.logger.warn({ provider: provider.id, reason: error.message }, 'a logout token was refused')
        throw new OAuthError('invalid_request', 'The logout token is not valid')
      }
      await endLogins(deps, provider, left)
      return Reply.json(200, {}, { 'cache-control': 'no-store' })
    }),
  ]
}
