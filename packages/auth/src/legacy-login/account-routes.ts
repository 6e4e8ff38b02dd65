import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { IdentityConfirmation } from '../interactive-auth/index.ts'
import type { AuthSchema } from '../schema.ts'
import { type PasswordRouteDeps, passwordRoute } from './password-route.ts'

export interface AccountRouteDeps extends PasswordRouteDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly identity: IdentityConfirmation
}

export function accountRoutes(deps: AccountRouteDeps): Route[] {
  const { database, homeserver, identity } = deps
  const endpoints = contract.client.account
  return [
    whoamiRoute(),

    passwordRoute(deps),

    route(endpoints.deactivateAccount, async ({ requester, body, request }) => {
      const proof = await identity.confirm(requester, {
        auth: body.auth,
        operation: 'deactivate',
        origin: { ip: request.ip, userAgent: request.userAgent },
      })
      await database.transaction((tx) => proof.consume(tx))
      await homeserver.deactivateUser(requester.userId, { erase: body.erase })
      return { id_server_unbind_result: 'success' }
    }),
  ]
}

/** Whose token it is; also where the token came from elsewhere. */
export function whoamiRoute(): Route {
  return route(contract.client.account.whoami, async ({ requester }) => ({
    user_id: requester.userId as string,
    is_guest: requester.isGuest,
    ...(requester.deviceId === undefined ? {} : { device_id: requester.deviceId as string }),
  }))
}
