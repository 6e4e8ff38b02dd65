import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { type LoginDeps, loginWithPassword } from './login.ts'
import { sessionToWire } from './open-session.ts'

export function loginRoutes(deps: LoginDeps & { passwordsEnabled: boolean }): Route[] {
  const { database, homeserver, sessions, passwordsEnabled } = deps
  const endpoints = contract.client.login
  return [
    route(endpoints.getLoginFlows, async () => ({ flows: passwordsEnabled ? [{ type: 'm.login.password' }] : [] })),

    route(endpoints.login, async ({ body, request }) => {
      if (body.type !== 'm.login.password' || !passwordsEnabled) throw new MatrixError('M_UNKNOWN', `Unknown login type ${body.type}`)
      if (body.password === undefined) throw new MatrixError('M_INVALID_PARAM', 'Bad parameter: password')
      const { userId, session } = await loginWithPassword(
        deps,
        { ...body, password: body.password },
        {
          deviceId: body.device_id,
          deviceName: body.initial_device_display_name,
          refreshable: body.refresh_token,
          origin: { ip: request.ip, userAgent: request.userAgent },
        },
      )
      return { user_id: userId as string, home_server: homeserver.serverName, ...sessionToWire(session) }
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
