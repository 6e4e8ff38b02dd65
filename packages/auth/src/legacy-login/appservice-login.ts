import { MatrixError } from '@glia/contract'
import type { RequestInfo } from '@glia/http'
import { accessTokenOf } from '@glia/http'
import {
  type Appservice,
  fitsIdLimit,
  isExclusiveUser,
  isOwnUser,
  isUserId,
  makeUserId,
  type ServerName,
  type UserId,
} from '@glia/protocol'
import type { AppserviceTokens } from '../appservices/index.ts'
import { type CreateAccountDeps, createAccount } from './create-account.ts'
import type { LoginDeps } from './login.ts'
import { type OpenedSession, openSession, type SessionRequest } from './open-session.ts'

const LOCALPART = /^[\x21-\x39\x3b-\x7e]+$/

/**
 * Registers a user of the application service whose token the request carries. Its names need not keep the rules for people.
 * Codes and texts are Synapse's. Source: Client-Server API, "Account registration"; MSC4190 for services that manage devices.
 * @param session absent: nobody is logged in
 * @throws MatrixError M_UNKNOWN_TOKEN, M_EXCLUSIVE, M_INVALID_USERNAME, M_USER_IN_USE, M_APPSERVICE_LOGIN_UNSUPPORTED
 */
export async function registerForAppservice(
  deps: CreateAccountDeps & { appservices: AppserviceTokens },
  token: string,
  username: string | undefined,
  session: SessionRequest | undefined,
): Promise<{ userId: UserId; session: OpenedSession | undefined }> {
  const { appservices, homeserver } = deps
  if (username === undefined) throw new MatrixError('M_UNKNOWN', 'Desired Username is missing or not a string')
  const service = appservices.find(token)
  if (!service) throw new MatrixError('M_UNKNOWN_TOKEN', 'Unrecognised access token', { extra: { soft_logout: false } })
  if (service.managesDevices && session) {
    throw loginUnsupported('This appservice has MSC4190 enabled, so the inhibit_login parameter must be set to true.')
  }
  const userId = makeUserId(username, homeserver.serverName as ServerName)
  if (!isOwnUser(service, userId) || appservices.isReservedByOther(service, userId)) {
    throw new MatrixError('M_EXCLUSIVE', 'Invalid user localpart for this application service.')
  }
  if (!LOCALPART.test(username) || !fitsIdLimit(userId)) throw new MatrixError('M_INVALID_USERNAME', 'User ID is not valid')
  const appserviceId = isExclusiveUser(service, userId) ? service.id : undefined
  return createAccount(deps, { localpart: username, passwordHash: undefined, appserviceId, session })
}

/**
 * Logs a user of an application service in with the service's token.
 * @throws MatrixError M_MISSING_TOKEN, M_UNKNOWN_TOKEN, M_FORBIDDEN (not a user of the service), M_APPSERVICE_LOGIN_UNSUPPORTED
 */
export async function loginForAppservice(
  deps: LoginDeps & { appservices: AppserviceTokens },
  request: RequestInfo,
  identifier: unknown,
  session: SessionRequest,
): Promise<{ userId: UserId; session: OpenedSession }> {
  const { database, homeserver, limiter, limits } = deps
  const service = callingAppservice(deps.appservices, request)
  if (service.managesDevices) throw loginUnsupported('This appservice has MSC4190 enabled, so appservice login cannot be used.')
  if (service.isRateLimited) limiter.take(`login from ${session.origin.ip}`, limits.address)
  const name = nameIn(identifier)
  const userId = name.startsWith('@') ? name : makeUserId(name, homeserver.serverName as ServerName)
  if (!isUserId(userId) || userId.includes('\0') || !isOwnUser(service, userId))
    throw new MatrixError('M_FORBIDDEN', 'Invalid access_token')
  if (service.isRateLimited) limiter.take(`login to ${userId}`, limits.account)
  const user = await homeserver.findUser(userId)
  if (!user) throw new MatrixError('M_FORBIDDEN', `Application service has not registered this user (${userId})`)
  if (user.isDeactivated) throw new MatrixError('M_USER_DEACTIVATED', 'This account has been deactivated')
  return { userId, session: await database.transaction((tx) => openSession(tx, deps, userId, session)) }
}

/** The token that a request carries at an endpoint that needs none. */
export function tokenIn(request: RequestInfo): string | undefined {
  return accessTokenOf({ authorization: request.headers.authorization } as { authorization?: string }, request.rawQuery, [])
}

function callingAppservice(appservices: AppserviceTokens, request: RequestInfo): Appservice {
  const token = tokenIn(request)
  if (token === undefined) throw new MatrixError('M_MISSING_TOKEN', 'Missing access token')
  const service = appservices.find(token)
  if (service) return service
  throw new MatrixError('M_UNKNOWN_TOKEN', 'This login method is only valid for application services', { extra: { soft_logout: false } })
}

function nameIn(identifier: unknown): string {
  if (typeof identifier !== 'object' || identifier === null)
    throw new MatrixError('M_INVALID_PARAM', 'Invalid identifier in login submission')
  const { type, user } = identifier as Record<string, unknown>
  if (type !== 'm.id.user') throw new MatrixError('M_UNKNOWN', 'Unknown login identifier type')
  if (typeof user !== 'string' || user === '') throw new MatrixError('M_UNKNOWN', "User identifier is missing 'user' key")
  return user
}

function loginUnsupported(message: string): MatrixError {
  return new MatrixError('M_APPSERVICE_LOGIN_UNSUPPORTED', message)
}
