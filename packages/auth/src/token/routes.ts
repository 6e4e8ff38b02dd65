import { contract } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { ClientAuthentication } from '../client-registration/index.ts'
import { type ExchangeDeps, exchangeToken, type TokenAnswer } from './exchange-token.ts'

export function tokenRoutes(deps: ExchangeDeps & { clients: ClientAuthentication }): Route[] {
  return [
    route(contract.oauth.token.exchangeToken, async ({ body, request }) => {
      const client = await deps.clients.authenticate(request, body)
      const tokenRequest = {
        grantType: body.grant_type,
        code: body.code,
        codeVerifier: body.code_verifier,
        redirectUri: body.redirect_uri,
        refreshToken: body.refresh_token,
        deviceCode: body.device_code,
        scope: body.scope,
      }
      const answer = await exchangeToken(deps, client, tokenRequest, { ip: request.ip, userAgent: request.userAgent })
      return Reply.json(200, toWire(answer), { 'cache-control': 'no-store', pragma: 'no-cache' })
    }),
  ]
}

function toWire({ tokens, scope, idToken }: TokenAnswer) {
  return {
    access_token: tokens.accessToken,
    token_type: 'Bearer',
    expires_in: Math.floor((tokens.expiresInMs ?? 0) / 1000),
    ...(tokens.refreshToken === undefined ? {} : { refresh_token: tokens.refreshToken }),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...(scope === '' ? {} : { scope }),
  }
}
