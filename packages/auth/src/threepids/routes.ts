import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Requester, type Route, route } from '@glia/http'
import { canonicalEmail } from '../email/index.ts'
import type { ConfirmedAddress, EmailValidations } from '../email-validation/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import { type IdentityConfirmation, refuseUnprovable } from '../interactive-auth/index.ts'
import type { AuthSchema } from '../schema.ts'

export interface ThreepidRouteDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly identity: IdentityConfirmation
  /** Undefined: the server sends no e-mail. */
  readonly validations: EmailValidations | undefined
  readonly changesEnabled: boolean
}

/** Adding and removing addresses of the account. Identity servers are not used: nothing can be bound there. */
export function threepidRoutes(deps: ThreepidRouteDeps): Route[] {
  const { database, homeserver } = deps
  const endpoints = contract.client.threepids

  function refuseChange(requester: Requester): void {
    refuseUnprovable(requester)
    if (!deps.changesEnabled) throw new MatrixError('M_FORBIDDEN', '3PID changes are disabled on this server')
  }

  async function findConfirmed(credentials: Readonly<Record<string, unknown>>): Promise<ConfirmedAddress> {
    const { sid, client_secret: clientSecret } = credentials
    const isText = typeof sid === 'string' && typeof clientSecret === 'string' && !`${sid}${clientSecret}`.includes('\0')
    const found = isText ? await deps.validations?.findConfirmed('add', { sid, clientSecret }) : undefined
    if (!found) throw new MatrixError('M_THREEPID_AUTH_FAILED', 'No validated 3pid session found')
    return found
  }

  return [
    route(endpoints.addThreepid, async ({ requester, body, request }) => {
      refuseChange(requester)
      const proof = await deps.identity.confirm(requester, {
        auth: body.auth,
        operation: 'add a third-party identifier to your account',
        origin: { ip: request.ip, userAgent: request.userAgent },
      })
      const { address, validatedAtMs } = await findConfirmed(body)
      await database.transaction(async (tx) => {
        await proof.consume(tx)
        await homeserver.addThreepid(tx, requester.userId, { medium: 'email', address, validatedAtMs })
      })
      return {}
    }),

    route(endpoints.addThreepidOld, async ({ requester, body }) => {
      refuseChange(requester)
      const credentials = body.three_pid_creds ?? body.threePidCreds
      if (!credentials) throw new MatrixError('M_MISSING_PARAM', 'Missing param three_pid_creds')
      const { address, validatedAtMs } = await findConfirmed(credentials)
      await database.transaction((tx) => homeserver.addThreepid(tx, requester.userId, { medium: 'email', address, validatedAtMs }))
      return {}
    }),

    route(endpoints.deleteThreepid, async ({ requester, body }) => {
      refuseChange(requester)
      const address = body.medium === 'email' ? canonicalEmail(body.address) : body.address
      if (address !== undefined && !address.includes('\0')) {
        await database.transaction((tx) => homeserver.removeThreepid(tx, requester.userId, { medium: body.medium, address }))
      }
      return { id_server_unbind_result: 'no-support' }
    }),

    route(endpoints.bindThreepid, async () => {
      throw new MatrixError('M_SERVER_NOT_TRUSTED', 'This homeserver does not use identity servers')
    }),

    route(endpoints.unbindThreepid, async () => ({ id_server_unbind_result: 'no-support' })),
  ]
}
