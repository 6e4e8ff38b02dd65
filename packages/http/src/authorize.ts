import { type AnyEndpoint, type AuditTarget, AuthAdminError, MatrixError, roleMayCall } from '@glia/contract'
import { accessTokenOf } from './access-token.ts'
import type { AuthAdminRequester, Authenticator, Origin, Requester } from './requester.ts'

interface Credentials {
  headers: { authorization?: string | string[] }
  rawHeaders: string[]
  query: URLSearchParams
  origin: Origin
}

/**
 * The one place where access is decided. Checks run in Synapse's order: form of the token, the token, lock, guest, admin.
 * @returns who asks; undefined where the endpoint wants nobody in particular
 */
export async function authorize(
  endpoint: AnyEndpoint,
  credentials: Credentials,
  authenticator: Authenticator,
): Promise<Requester | AuthAdminRequester | undefined> {
  switch (endpoint.access.kind) {
    case 'public':
    case 'oauthClient':
    case 'sharedSecret':
    case 'browser':
      return undefined
    case 'authAdmin':
      return authorizeAuthAdmin(endpoint, credentials, authenticator)
    case 'optionalUser': {
      const token = accessTokenOf(credentials.headers, credentials.query, credentials.rawHeaders)
      return token === undefined ? undefined : authenticator.authenticate(token, credentials.origin, credentials.query)
    }
    case 'user':
    case 'serverAdmin':
      return authorizeUser(endpoint, credentials, authenticator)
  }
}

async function authorizeUser(endpoint: AnyEndpoint, credentials: Credentials, authenticator: Authenticator): Promise<Requester> {
  const { access } = endpoint
  const token = accessTokenOf(credentials.headers, credentials.query, credentials.rawHeaders)
  if (token === undefined) throw new MatrixError('M_MISSING_TOKEN', 'Missing access token')
  const requester = await authenticator.authenticate(token, credentials.origin, credentials.query)
  if (requester.isLocked && !(access.kind === 'user' && access.locked)) {
    throw new MatrixError('M_USER_LOCKED', 'User account has been locked', { extra: { soft_logout: true } })
  }
  if (requester.isExpired && !(access.kind === 'user' && access.locked))
    throw new MatrixError('ORG_MATRIX_EXPIRED_ACCOUNT', 'User account has expired')
  if (requester.isGuest && !(access.kind === 'user' && access.guests)) {
    throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guest access not allowed')
  }
  if (access.kind === 'serverAdmin' && !mayAdminister(requester, endpoint))
    throw new MatrixError('M_FORBIDDEN', 'You are not a server admin')
  return requester
}

/** Whether an admin or helper may call the endpoint. */
export function mayAdminister({ isAdmin, adminRoles }: Pick<Requester, 'isAdmin' | 'adminRoles'>, endpoint: AnyEndpoint): boolean {
  return isAdmin || adminRoles.some((role) => roleMayCall(role, endpoint))
}

/**
 * Helpers change nothing about admins and other helpers, themselves included: else a password would be the way to more power.
 * @param target on whom the call acts; in MAS's API everything acts on somebody
 * @throws MatrixError M_FORBIDDEN; AuthAdminError 403
 */
export async function refuseHelperOnAdmin(
  endpoint: AnyEndpoint,
  requester: Pick<Requester, 'isAdmin'>,
  target: AuditTarget | undefined,
  authenticator: Authenticator,
): Promise<void> {
  if (requester.isAdmin || endpoint.method === 'GET') return
  const text = 'Only an admin may act on the account of an admin or helper'
  if (endpoint.surface === 'auth-admin') {
    if (!target || (await authenticator.isPrivileged(target))) throw new AuthAdminError(403, text)
  } else if (target?.kind === 'user' && (await authenticator.isPrivileged(target))) throw new MatrixError('M_FORBIDDEN', text)
}

/** MAS answers a missing or odd Authorization header with 400, everything else about the token with 401. */
async function authorizeAuthAdmin(
  endpoint: AnyEndpoint,
  credentials: Credentials,
  authenticator: Authenticator,
): Promise<AuthAdminRequester> {
  const [scheme, token, ...rest] = String(credentials.headers.authorization ?? '').split(' ')
  if (scheme !== 'Bearer' || !token || rest.length > 0) throw new AuthAdminError(400, 'Missing authorization header')
  const requester = await authenticator.authenticateAuthAdmin(token, credentials.origin)
  if (!mayAdminister(requester, endpoint)) throw new AuthAdminError(403, 'The role of this token does not include that')
  return requester
}
