import { contract, MatrixError } from '@glia/contract'
import { type RateLimit, type RateLimiter, type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { IdentityConfirmation } from '../interactive-auth/index.ts'
import type { LoginTokens } from '../sso-login/index.ts'
import type { LoginDeps } from './login.ts'
import { type OpenedSession, openSession, type SessionRequest } from './open-session.ts'
import { refuseUnusable } from './usable-user.ts'

/** As Synapse's `login_via_existing_session`. */
export interface ExistingSessionLogin {
  readonly isEnabled: boolean
  /** Whether the password is asked for once more. */
  readonly isConfirmed: boolean
  readonly tokenLifetimeMs: number
}

export interface TokenLoginDeps extends Pick<LoginDeps, 'database' | 'homeserver' | 'sessions' | 'random' | 'limiter' | 'limits'> {
  readonly loginTokens: LoginTokens
}

/**
 * Logs in with a token of `m.login.sso` or `/login/get_token`, which is used up.
 * @throws MatrixError M_FORBIDDEN: it is unknown, too old or was used; M_USER_DEACTIVATED; M_USER_LOCKED; M_LIMIT_EXCEEDED
 */
export async function loginWithToken(
  deps: TokenLoginDeps,
  token: string,
  request: SessionRequest,
): Promise<{ userId: UserId; session: OpenedSession }> {
  const { database, homeserver, loginTokens, limiter, limits } = deps
  limiter.take(`login from ${request.origin.ip}`, limits.address)
  const userId = await loginTokens.find(database.read, token)
  if (userId === undefined) throw invalid()
  refuseUnusable(await homeserver.findUser(userId))
  const session = await database.transaction(async (tx) => {
    if (!(await loginTokens.spend(tx, token))) throw invalid()
    return openSession(tx, deps, userId, request)
  })
  return { userId, session }
}

function invalid(): MatrixError {
  return new MatrixError('M_FORBIDDEN', 'Invalid login token')
}

/** One a minute for each user: enough for a person. */
const LIMIT: RateLimit = { perSecond: 1 / 60, burstCount: 1 }

/** `/login/get_token`: lets a client that is signed in bring another one in. Not for tokens of OAuth, which cannot confirm. */
export function loginTokenRoute(
  deps: TokenLoginDeps & { identity: IdentityConfirmation; limiter: RateLimiter; existingSession: ExistingSessionLogin },
): Route {
  const { database, loginTokens, identity, limiter, existingSession } = deps
  const unrecognized = () => new MatrixError('M_UNRECOGNIZED', 'Unrecognized request')
  return route(contract.client.login.getLoginToken, async ({ requester, body, request }) => {
    if (!existingSession.isEnabled || requester.origin !== 'legacy') throw unrecognized()
    const proof = existingSession.isConfirmed
      ? await identity.confirm(requester, {
          auth: body.auth,
          operation: 'make a login token',
          origin: { ip: request.ip, userAgent: request.userAgent },
        })
      : undefined
    limiter.take(`login token of ${requester.userId}`, LIMIT)
    const lifetimeMs = existingSession.tokenLifetimeMs
    const token = await database.transaction(async (tx) => {
      await proof?.consume(tx)
      return loginTokens.create(tx, { userId: requester.userId, lifetimeMs })
    })
    return { login_token: token, expires_in_ms: lifetimeMs }
  })
}
