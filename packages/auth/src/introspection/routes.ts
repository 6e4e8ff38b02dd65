import { contract, OAuthError } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { Secret } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { ClientAuthentication } from '../client-registration/index.ts'
import { tokenTypeHint } from '../revocation/index.ts'
import { isSameText } from '../tokens/index.ts'
import { type ActiveToken, type IntrospectionDeps, introspectToken } from './introspect-token.ts'

/** A homeserver that is another program. */
export interface TrustedIntrospector {
  /** What it shows in place of a client's id and secret. */
  readonly secret: Secret
  /** Resolves when it has been told of the user. */
  settle(userId: UserId): Promise<void>
}

export interface IntrospectionRoutesDeps extends IntrospectionDeps {
  readonly clients: ClientAuthentication
  readonly introspector: TrustedIntrospector | undefined
}

export function introspectionRoutes(deps: IntrospectionRoutesDeps): Route[] {
  const { introspector } = deps
  return [
    route(contract.oauth.token.introspectToken, async ({ body, request }) => {
      const bearer = /^Bearer (.*)$/.exec(String(request.headers.authorization ?? ''))?.[1]
      if (bearer === undefined) await checkClient(deps.clients, request, body)
      else if (!introspector || !isSameText(bearer, introspector.secret.reveal())) {
        throw new OAuthError('access_denied', 'Wrong token', { status: 401 })
      }
      if (!body.token) throw new OAuthError('invalid_request', 'token is missing')
      const active = await introspectToken(deps, body.token, tokenTypeHint(body.token_type_hint))
      const userId = active?.found.session.userId
      if (bearer !== undefined && userId !== undefined) await introspector?.settle(userId)
      return Reply.json(200, active ? toWire(active, deps.clock.nowMs()) : { active: false }, { 'cache-control': 'no-store' })
    }),
  ]
}

async function checkClient(clients: ClientAuthentication, ...presented: Parameters<ClientAuthentication['authenticate']>): Promise<void> {
  const client = await clients.authenticate(...presented)
  if (client.tokenEndpointAuthMethod === 'none') {
    throw new OAuthError('access_denied', 'Only clients with a secret or key may introspect tokens', { status: 401 })
  }
}

function toWire({ found, scopes, username, subject }: ActiveToken, nowMs: number) {
  const seconds = (ms: number) => Math.floor(ms / 1000)
  const { session } = found
  return {
    active: true,
    scope: scopes.join(' '),
    client_id: session.kind === 'legacy' || session.kind === 'puppet' ? 'legacy' : session.clientId,
    username,
    sub: subject,
    token_type: found.tokenType,
    ...(found.expiresAtMs === undefined
      ? {}
      : { exp: seconds(found.expiresAtMs), expires_in: Math.max(0, seconds(found.expiresAtMs - nowMs)) }),
    iat: seconds(found.createdAtMs),
    nbf: seconds(found.createdAtMs),
    ...(session.kind === 'oauth' ? { jti: found.tokenId } : {}),
    ...(session.deviceId === undefined ? {} : { device_id: session.deviceId }),
  }
}
