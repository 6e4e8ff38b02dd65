import { contract, OAuthError } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import { type ClientAuthentication, showsCredentials } from '../client-registration/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import { findTokenSession, type Sessions } from '../sessions/index.ts'
import { endSessionWithDevice } from './end-session-with-device.ts'

export interface RevocationRoutesDeps {
  readonly database: Database<AuthSchema>
  readonly sessions: Sessions
  readonly homeserver: HomeserverLink
  readonly clients: ClientAuthentication
}

/**
 * Whoever holds a token may revoke it, also without naming the client (Client-Server API, "Token revocation"); MAS insists on it.
 * A client that shows who it is must do so rightly.
 */
export function revocationRoutes(deps: RevocationRoutesDeps): Route[] {
  return [
    route(contract.oauth.token.revokeToken, async ({ body, request }) => {
      if (showsCredentials(request, body)) await deps.clients.authenticate(request, body)
      if (!body.token) throw new OAuthError('invalid_request', 'token is missing')
      const hint = tokenTypeHint(body.token_type_hint)
      const found = await findTokenSession(deps.database.read, body.token)
      if (found?.session.kind === 'oauth' && (hint === undefined || hint === found.tokenType)) {
        await deps.database.transaction((tx) => endSessionWithDevice(tx, deps, found.session.id))
      }
      return Reply.json(200, {})
    }),
  ]
}

/** @throws OAuthError unsupported_token_type */
export function tokenTypeHint(sent: string | undefined): 'access_token' | 'refresh_token' | undefined {
  if (sent === undefined || sent === 'access_token' || sent === 'refresh_token') return sent
  throw new OAuthError('unsupported_token_type', 'token_type_hint must be access_token or refresh_token')
}
