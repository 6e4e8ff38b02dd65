import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { RateLimit, RateLimiter } from '@glia/http'
import type { Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import type { Sessions } from '../sessions/index.ts'
import { type OpenedSession, openSession, type SessionRequest } from './open-session.ts'
import type { PasswordCheck } from './password-check.ts'
import { refuseUnusable } from './usable-user.ts'

export interface LoginDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly sessions: Sessions
  readonly random: Random
  readonly passwordCheck: PasswordCheck
  readonly limiter: RateLimiter
  readonly limits: { readonly address: RateLimit; readonly account: RateLimit }
  /** Who is meant by the body's `identifier` or its older forms. */
  findUser(fields: Readonly<Record<string, unknown>>): Promise<UserId | undefined>
}

/**
 * Logs in with a password and makes a session.
 * @throws MatrixError M_FORBIDDEN: wrong password or unknown user; M_USER_DEACTIVATED; M_USER_LOCKED; M_LIMIT_EXCEEDED
 */
export async function loginWithPassword(
  deps: LoginDeps,
  fields: Readonly<Record<string, unknown>> & { password: string },
  request: SessionRequest,
): Promise<{ userId: UserId; session: OpenedSession }> {
  const { database, homeserver, limiter, limits } = deps
  limiter.take(`login from ${request.origin.ip}`, limits.address)
  const userId = await deps.findUser(fields)
  if (userId !== undefined) limiter.take(`login to ${userId}`, limits.account)
  if (!(await deps.passwordCheck.isRight(userId, fields.password)) || userId === undefined) throw forbidden()
  refuseUnusable(await homeserver.findUser(userId))
  const session = await database.transaction((tx) => openSession(tx, deps, userId, request))
  return { userId, session }
}

function forbidden(): MatrixError {
  return new MatrixError('M_FORBIDDEN', 'Invalid username or password')
}
