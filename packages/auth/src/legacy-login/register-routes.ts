import { contract, MatrixError } from '@glia/contract'
import { type RateLimit, type Route, route } from '@glia/http'
import { authObject } from '../interactive-auth/index.ts'
import type { RegistrationTokens } from '../registration-tokens/index.ts'
import { sessionToWire } from './open-session.ts'
import { type RegisterDeps, refuseIfClosed, registerAccount, registerGuest } from './register.ts'

export function registerRoutes(deps: RegisterDeps & { registrationTokens: RegistrationTokens; tokenValidityLimit: RateLimit }): Route[] {
  const { homeserver, limiter, registrationTokens } = deps
  const endpoints = contract.client.register
  return [
    route(endpoints.register, async ({ query, body, request }) => {
      const origin = { ip: request.ip, userAgent: request.userAgent }
      if (query.kind !== 'user' && query.kind !== 'guest') {
        throw new MatrixError('M_UNRECOGNIZED', `Do not understand membership kind: ${query.kind}`, { status: 400 })
      }
      if (body.type === 'm.login.application_service') {
        throw new MatrixError('M_UNKNOWN', 'Appservice token must be provided when using a type of m.login.application_service')
      }
      const { userId, session } =
        query.kind === 'guest'
          ? await registerGuest(deps, body.initial_device_display_name, origin)
          : await registerAccount(
              deps,
              authObject(body.auth),
              {
                username: body.username,
                password: body.password,
                deviceId: body.device_id,
                deviceName: body.initial_device_display_name,
                refreshable: body.refresh_token,
                inhibitLogin: body.inhibit_login,
              },
              origin,
            )
      return { user_id: userId as string, home_server: homeserver.serverName, ...(session ? sessionToWire(session) : {}) }
    }),

    route(endpoints.isUsernameAvailable, async ({ query }) => {
      refuseIfClosed(deps)
      await homeserver.checkLocalpartAvailable(query.username)
      return { available: true }
    }),

    route(endpoints.isRegistrationTokenValid, async ({ query, request }) => {
      limiter.take(`registration token from ${request.ip}`, deps.tokenValidityLimit)
      refuseIfClosed(deps)
      return { valid: !query.token.includes('\0') && (await registrationTokens.isUsable(query.token)) }
    }),
  ]
}
