import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { AppserviceTokens } from '../appservices/index.ts'
import { loginForAppservice } from './appservice-login.ts'
import { type LoginDeps, loginWithPassword } from './login.ts'
import { sessionToWire } from './open-session.ts'
import { type ExistingSessionLogin, loginWithToken, type TokenLoginDeps } from './token-login.ts'

/** Always offered, as in Synapse. */
const APPSERVICE_LOGIN = 'm.login.application_service'
/** On our own pages. Clients that know OAuth take that in its place. */
const SSO_LOGIN = { type: 'm.login.sso', oauth_aware_preferred: true, 'org.matrix.msc3824.delegated_oidc_compatibility': true }

interface LoginRoutesDeps extends LoginDeps, TokenLoginDeps {
  readonly passwordsEnabled: boolean
  readonly appservices: AppserviceTokens
  readonly existingSession: ExistingSessionLogin
  readonly identityProviders: readonly IdentityProvider[]
}

/** A way to sign in on the pages, as clients are told of it. */
export interface IdentityProvider {
  readonly id: string
  readonly name: string
  readonly brand: string | undefined
}

export function loginRoutes(deps: LoginRoutesDeps): Route[] {
  const { database, homeserver, sessions, passwordsEnabled, existingSession } = deps
  const { identityProviders } = deps
  const endpoints = contract.client.login
  const ssoLogin = {
    ...SSO_LOGIN,
    ...(identityProviders.length > 0
      ? { identity_providers: identityProviders.map(({ id, name, brand }) => ({ id, name, ...(brand === undefined ? {} : { brand }) })) }
      : {}),
  }
  const answer = ({ userId, session }: Awaited<ReturnType<typeof loginWithPassword>>) => ({
    user_id: userId as string,
    home_server: homeserver.serverName,
    ...sessionToWire(session),
  })
  return [
    route(endpoints.getLoginFlows, async () => ({
      flows: [
        ...(passwordsEnabled ? [{ type: 'm.login.password' }] : []),
        ...(passwordsEnabled || identityProviders.length > 0 ? [ssoLogin] : []),
        { type: 'm.login.token', ...(existingSession.isEnabled ? { get_login_token: true } : {}) },
        { type: APPSERVICE_LOGIN },
      ],
    })),

    route(endpoints.login, async ({ body, request }) => {
      const wanted = {
        deviceId: body.device_id,
        deviceName: body.initial_device_display_name,
        refreshable: body.refresh_token,
        origin: { ip: request.ip, userAgent: request.userAgent },
      }
      if (body.type === APPSERVICE_LOGIN) return answer(await loginForAppservice(deps, request, body.identifier, wanted))
      if (body.type === 'm.login.token') {
        if (body.token === undefined) throw new MatrixError('M_INVALID_PARAM', 'Bad parameter: token')
        return answer(await loginWithToken(deps, body.token, wanted))
      }
      if (body.type !== 'm.login.password' || !passwordsEnabled) throw new MatrixError('M_UNKNOWN', `Unknown login type ${body.type}`)
      if (body.password === undefined) throw new MatrixError('M_INVALID_PARAM', 'Bad parameter: password')
      return answer(await loginWithPassword(deps, { ...body, password: body.password }, wanted))
    }),

    route(endpoints.refresh, async ({ body }) => {
      const result = await database.transaction((tx) => sessions.refresh(tx, { refreshToken: body.refresh_token, sessionKind: 'legacy' }))
      if (result.kind !== 'refreshed') {
        throw new MatrixError('M_UNKNOWN_TOKEN', 'invalid refresh token', { extra: { soft_logout: false } })
      }
      const { accessToken, refreshToken, expiresInMs } = result.tokens
      return {
        access_token: accessToken,
        ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
        ...(expiresInMs === undefined ? {} : { expires_in_ms: expiresInMs }),
      }
    }),

    route(endpoints.logout, async ({ requester }) => {
      await database.transaction(async (tx) => {
        if (requester.appservice && requester.deviceId !== undefined) {
          await sessions.endOfDevices(tx, requester.userId, [requester.deviceId])
          await homeserver.deleteDevices(tx, requester.userId, [requester.deviceId])
          return
        }
        const ended = await sessions.end(tx, requester.sessionId)
        if (ended?.deviceId !== undefined) await homeserver.deleteDevices(tx, requester.userId, [ended.deviceId])
      })
      return {}
    }),

    route(endpoints.logoutAll, async ({ requester }) => {
      await database.transaction(async (tx) => {
        await sessions.endAll(tx, requester.userId, {})
        await homeserver.deleteAllDevices(tx, requester.userId, {})
      })
      return {}
    }),
  ]
}
