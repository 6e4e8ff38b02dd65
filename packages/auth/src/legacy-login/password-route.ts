import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Origin, type Requester, type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import {
  authObject,
  EMAIL_STAGE,
  type IdentityConfirmation,
  type InteractiveAuth,
  type Proof,
  type ProofRequest,
  parseShownEmail,
} from '../interactive-auth/index.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { Sessions } from '../sessions/index.ts'

export interface PasswordRouteDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly sessions: Sessions
  readonly identity: IdentityConfirmation
  readonly interactiveAuth: InteractiveAuth
  readonly passwordsEnabled: boolean
  /** The server sends e-mail: a forgotten password can be replaced. */
  readonly resetByEmail: boolean
}

/** The operation for which an address is confirmed when a password was forgotten. */
export const RESET_OPERATION = 'reset password'

/** Setting a new password: with the old one, or, without a token, by having opened the link of an e-mail. */
export function passwordRoute(deps: PasswordRouteDeps): Route {
  const { database, homeserver, accounts, passwords, sessions } = deps

  interface Attempt {
    readonly auth: Readonly<Record<string, unknown>> | undefined
    readonly origin: Origin
    readonly parameters: NonNullable<ProofRequest['parameters']>
  }

  async function proveOwner(requester: Requester, attempt: Attempt): Promise<{ userId: UserId; proof: Proof }> {
    if (requester.appservice) throw new MatrixError('M_FORBIDDEN', 'Application services cannot set passwords')
    if (requester.isGuest) throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guest access not allowed')
    if (requester.isLocked) throw new MatrixError('M_USER_LOCKED', 'User account has been locked', { extra: { soft_logout: true } })
    return { userId: requester.userId, proof: await deps.identity.confirm(requester, { ...attempt, operation: 'change password' }) }
  }

  async function proveAddress(attempt: Attempt): Promise<{ userId: UserId; proof: Proof }> {
    if (!deps.resetByEmail) throw new MatrixError('M_MISSING_TOKEN', 'Missing access token')
    const proof = await deps.interactiveAuth.prove({
      ...attempt,
      auth: authObject(attempt.auth),
      operation: RESET_OPERATION,
      flows: [[EMAIL_STAGE]],
    })
    const { address } = parseShownEmail(proof.shown[EMAIL_STAGE] ?? '')
    const userId = await homeserver.findUserByThreepid('email', address)
    if (userId === undefined) throw new MatrixError('M_THREEPID_NOT_FOUND', 'Email address not found')
    return { userId, proof }
  }

  return route(contract.client.account.changePassword, async ({ requester, body, request }) => {
    if (!deps.passwordsEnabled) throw new MatrixError('M_FORBIDDEN', 'Password change disabled')
    const told = body.new_password
    const attempt: Attempt = {
      auth: body.auth,
      origin: { ip: request.ip, userAgent: request.userAgent },
      parameters: async () => (told === undefined ? {} : { passwordHash: await passwords.hash(told) }),
    }
    const { userId, proof } = requester ? await proveOwner(requester, attempt) : await proveAddress(attempt)
    const remembered = (proof.parameters as { passwordHash?: string }).passwordHash
    const passwordHash = told === undefined ? remembered : await passwords.hash(told)
    if (passwordHash === undefined) throw new MatrixError('M_MISSING_PARAM', "Missing params: ['new_password']")
    await database.transaction(async (tx) => {
      await proof.consume(tx)
      await accounts.setPasswordHash(tx, userId, passwordHash)
      if (!body.logout_devices) return
      await sessions.endAll(tx, userId, requester ? { exceptSessionId: requester.sessionId } : {})
      await homeserver.deleteAllDevices(tx, userId, requester?.deviceId === undefined ? {} : { exceptDeviceId: requester.deviceId })
    })
    return {}
  })
}
