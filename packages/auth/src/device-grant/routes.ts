import { contract, OAuthError } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import { type ClientAuthentication, grantTypes, requireGrantType } from '../client-registration/index.ts'
import { parseScope } from '../policy/index.ts'
import type { DeviceGrants } from './device-grants.ts'

/** Seconds between two polls. Never answered with `slow_down`: MAS's own script would stop. */
const INTERVAL_SECONDS = 5

export interface DeviceGrantRoutesDeps {
  readonly clients: ClientAuthentication
  readonly deviceGrants: DeviceGrants
  readonly issuer: () => string
  readonly isEnabled: boolean
  /** Hand out a link that carries the code. */
  readonly isCodeInLink: boolean
}

export function deviceGrantRoutes(deps: DeviceGrantRoutesDeps): Route[] {
  return [
    route(contract.oauth.deviceAuthorization.authorizeDevice, async ({ body, request }) => {
      const client = await deps.clients.authenticate(request, body)
      if (!deps.isEnabled) throw new OAuthError('invalid_request', 'This server does not offer the device grant')
      requireGrantType(client, grantTypes.deviceCode)
      const { grant, deviceCode } = await deps.deviceGrants.start({
        client,
        scope: parseScope(body.scope).join(' '),
        origin: { ip: request.ip, userAgent: request.userAgent },
      })
      const link = `${deps.issuer()}link`
      const answer = {
        device_code: deviceCode,
        user_code: grant.userCode,
        verification_uri: link,
        ...(deps.isCodeInLink ? { verification_uri_complete: `${link}?code=${grant.userCode}` } : {}),
        expires_in: Math.floor((grant.expiresAtMs - grant.createdAtMs) / 1000),
        interval: INTERVAL_SECONDS,
      }
      return Reply.json(200, answer, { 'cache-control': 'no-store', pragma: 'no-cache' })
    }),
  ]
}
