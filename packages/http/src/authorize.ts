import type { Access } from '@glia/contract'
import { AuthAdminError, MatrixError } from '@glia/contract'
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
  access: Access,
  credentials: Credentials,
  authenticator: Authenticator,
): Promise<Requester | AuthAdminRequester | undefined> {
  switch (access.kind) {
    case 'public':
    case 'oauthClient':
    case 'sharedSecret':
    case 'browser':
      return undefined
    case 'authAdmin':
      return authorizeAuthAdmin(credentials, authenticator)
    case 'optionalUser': {
      const token = accessTokenOf(credentials.headers, credentials.query, credentials.rawHeaders)
      return token === undefined ? undefined : authenticator.authenticate(token, credentials.origin)
    }
    case 'user':
    case 'serverAdmin':
      return authorizeUser(access, credentials, authenticator)
  }
}

async function authorizeUser(
  access: Extract<Access, { kind: 'user' | 'serverAdmin' }>,
  credentials: Credentials,
  authenticator: Authenticator,
): Promise<Requester> {
  const token = accessTokenOf(credentials.headers, credentials.query, credentials.rawHeaders)
  if (token === undefined) throw new MatrixError('M_MISSING_TOKEN', 'Missing access token')
  const requester = await authenticator.authenticate(token, credentials.origin)
  if (requester.isLocked && !(access.kind === 'user' && access.locked)) {
    throw new MatrixError('M_USER_LOCKED', 'User account has been locked', { extra: { soft_logout: true } })
  }
  if (requester.isGuest && !(access.kind === 'user' && access.guests)) {
    throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guest access not allowed')
  }
  if (access.kind === 'serverAdmin' && !requester.isAdmin) throw new MatrixError('M_FORBIDDEN', 'You are not a server admin')
  return requester
}

/** MAS answers a missing or odd Authorization header with 400, everything else about the token with 401. */
async function authorizeAuthAdmin(credentials: Credentials, authenticator: Authenticator): Promise<AuthAdminRequester> {
  const [scheme, token, ...rest] = String(credentials.headers.authorization ?? '').split(' ')
  if (scheme !== 'Bearer' || !token || rest.length > 0) throw new AuthAdminError(400, 'Missing authorization header')
  return authenticator.authenticateAuthAdmin(token, credentials.origin)
}
