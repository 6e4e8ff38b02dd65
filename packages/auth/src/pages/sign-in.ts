import { MatrixError } from '@glia/contract'
import type { Origin, RateLimit, RateLimiter } from '@glia/http'
import type { HomeserverLink, LinkedUser } from '../homeserver-link.ts'
import { findIdentifiedUser, type PasswordCheck } from '../legacy-login/index.ts'

export interface SignInDeps {
  readonly homeserver: HomeserverLink
  readonly passwordCheck: PasswordCheck
  readonly limiter: RateLimiter
  readonly loginLimit: RateLimit
}

/** How it went. A locked account is only told to whoever knows its password. */
export type SignInResult =
  | { readonly kind: 'welcome'; readonly user: LinkedUser }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'deactivated' }
  | { readonly kind: 'too-many' }

/** Checks a name (localpart, whole id or e-mail address) and password typed into a page. */
export async function checkSignIn(deps: SignInDeps, name: string, password: string, origin: Origin): Promise<SignInResult> {
  const { homeserver, passwordCheck, limiter, loginLimit } = deps
  if (limiter.tryTake(`sign-in from ${origin.ip}`, loginLimit) > 0) return { kind: 'too-many' }
  const userId = await findIdentifiedUser(
    {
      serverName: homeserver.serverName,
      isUser: async (candidate) => (await homeserver.findUser(candidate)) !== undefined,
      findUserByThreepid: homeserver.findUserByThreepid,
    },
    identifierOf(name.trim()),
  )
  try {
    if (!(await passwordCheck.isRight(userId, password)) || userId === undefined) return { kind: 'wrong' }
  } catch (error) {
    if (error instanceof MatrixError && error.errcode === 'M_LIMIT_EXCEEDED') return { kind: 'too-many' }
    throw error
  }
  const user = await homeserver.findUser(userId)
  if (!user) return { kind: 'wrong' }
  if (user.isDeactivated) return { kind: 'deactivated' }
  return user.isLocked ? { kind: 'locked' } : { kind: 'welcome', user }
}

/** No user name holds an @, but for the first character of a whole id. */
function identifierOf(name: string): Record<string, string> {
  return name.lastIndexOf('@') > 0 ? { medium: 'email', address: name } : { user: name }
}
