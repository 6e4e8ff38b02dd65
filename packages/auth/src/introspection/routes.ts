import { contract, OAuthError } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { ClientAuthentication } from '../client-registration/index.ts'
import { tokenTypeHint } from '../revocation/index.ts'
import { type ActiveToken, type IntrospectionDeps, introspectToken } from './introspect-token.ts'

export function introspectionRoutes(deps: IntrospectionDeps & { clients: ClientAuthentication }): Route[] {
  return [
    route(contract.oauth.token.introspectToken, async ({ body, request }) => {
      const isBearer = String(request.headers.authorization ?? '').startsWith('Bearer ')
      if (isBearer) throw new OAuthError('access_denied', 'Wrong token', { status: 401 })
      const client = await deps.clients.authenticate(request, body)
      if (client.tokenEndpointAuthMethod === 'none') {
        throw new OAuthError('access_denied', 'Only clients with a secret or key may introspect tokens', { status: 401 })
      }
      if (!body.token) throw new OAuthError('invalid_request', 'token is missing')
      const active = await introspectToken(deps, body.token, tokenTypeHint(body.token_type_hint))
      return Reply.json(200, active ? toWire(active, deps.clock.nowMs()) : { active: false }, { 'cache-control': 'no-store' })
    }),
  ]
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
    ...(session.kind === 'legacy' && session.deviceId !== undefined ? { device_id: session.deviceId } : {}),
  }
}
