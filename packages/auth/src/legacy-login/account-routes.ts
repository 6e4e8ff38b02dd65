import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Accounts } from '../accounts/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { IdentityConfirmation } from '../interactive-auth/index.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { Sessions } from '../sessions/index.ts'

export interface AccountRouteDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly sessions: Sessions
  readonly identity: IdentityConfirmation
  readonly passwordsEnabled: boolean
}

export function accountRoutes(deps: AccountRouteDeps): Route[] {
  const { database, homeserver, accounts, passwords, sessions, identity } = deps
  const endpoints = contract.client.account
  return [
    route(endpoints.whoami, async ({ requester }) => ({
      user_id: requester.userId as string,
      is_guest: requester.isGuest,
      ...(requester.deviceId === undefined ? {} : { device_id: requester.deviceId as string }),
    })),

    route(endpoints.changePassword, async ({ requester, body, request }) => {
      if (!deps.passwordsEnabled) throw new MatrixError('M_FORBIDDEN', 'Password change disabled')
      if (requester.appservice) throw new MatrixError('M_FORBIDDEN', 'Application services cannot set passwords')
      const operation = 'change password'
      const told = body.new_password
      const proof = await identity.confirm(requester, {
        auth: body.auth,
        operation,
        origin: { ip: request.ip, userAgent: request.userAgent },
        parameters: async () => (told === undefined ? {} : { passwordHash: await passwords.hash(told) }),
      })
      const remembered = (proof.parameters as { passwordHash?: string }).passwordHash
      const passwordHash = told === undefined ? remembered : await passwords.hash(told)
      if (passwordHash === undefined) throw new MatrixError('M_MISSING_PARAM', "Missing params: ['new_password']")
      await database.transaction(async (tx) => {
        await proof.consume(tx)
        await accounts.setPasswordHash(tx, requester.userId, passwordHash)
        if (!body.logout_devices) return
        await sessions.endAll(tx, requester.userId, { exceptSessionId: requester.sessionId })
        const kept = requester.deviceId === undefined ? {} : { exceptDeviceId: requester.deviceId }
        await homeserver.deleteAllDevices(tx, requester.userId, kept)
      })
      return {}
    }),

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
