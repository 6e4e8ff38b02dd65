import { contract, MatrixError } from '@glia/contract'
import { type RateLimit, type Route, route } from '@glia/http'
import type { AppserviceTokens } from '../appservices/index.ts'
import { authObject } from '../interactive-auth/index.ts'
import type { RegistrationTokens } from '../registration-tokens/index.ts'
import { registerForAppservice, tokenIn } from './appservice-login.ts'
import { sessionToWire } from './open-session.ts'
import { type RegisterDeps, refuseIfClosed, registerAccount, registerGuest } from './register.ts'

export function registerRoutes(
  deps: RegisterDeps & { registrationTokens: RegistrationTokens; tokenValidityLimit: RateLimit; appservices: AppserviceTokens },
): Route[] {
  const { homeserver, limiter, registrationTokens } = deps
  const endpoints = contract.client.register
  const answer = ({ userId, session }: Awaited<ReturnType<typeof registerGuest>>) => ({
    user_id: userId as string,
    home_server: homeserver.serverName,
    ...(session ? sessionToWire(session) : {}),
  })
  return [
    route(endpoints.register, async ({ query, body, request }) => {
      const origin = { ip: request.ip, userAgent: request.userAgent }
      if (query.kind !== 'user' && query.kind !== 'guest') {
        throw new MatrixError('M_UNRECOGNIZED', `Do not understand membership kind: ${query.kind}`, { status: 400 })
      }
      const token = tokenIn(request)
      if (body.type === 'm.login.application_service') {
        if (token === undefined) {
          throw new MatrixError('M_UNKNOWN', 'Appservice token must be provided when using a type of m.login.application_service')
        }
        const wanted = {
          deviceId: body.device_id,
          deviceName: body.initial_device_display_name,
          refreshable: body.refresh_token ?? false,
          origin,
        }
        return answer(await registerForAppservice(deps, token, body.username, body.inhibit_login ? undefined : wanted))
      }
      if (token !== undefined) {
        const text = 'An access token should not be provided on requests to /register (except if type is m.login.application_service)'
        throw new MatrixError('M_UNKNOWN', text)
      }
      const registered =
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
      return answer(registered)
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
