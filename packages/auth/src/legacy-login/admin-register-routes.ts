import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { sessionToWire } from './open-session.ts'
import { registerBySharedSecret, type SharedSecretRegistrationDeps } from './shared-secret-registration.ts'

export function adminRegisterRoutes(deps: SharedSecretRegistrationDeps): Route[] {
  const endpoints = contract.admin.register
  return [
    route(endpoints.getRegistrationNonce, async () => ({ nonce: deps.nonces.create() })),
    route(endpoints.registerBySharedSecret, async ({ body, request }) => {
      const { userId, session } = await registerBySharedSecret(deps, body, { ip: request.ip, userAgent: request.userAgent })
      return { user_id: userId as string, home_server: deps.homeserver.serverName, ...(session ? sessionToWire(session) : {}) }
    }),
  ]
}
