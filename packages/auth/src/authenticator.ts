import { type AdminRole, AuthAdminError, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { Authenticator, Origin, Requester } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import type { AccountTables } from './accounts/index.ts'
import { type AppserviceTokens, appserviceRequester } from './appservices/index.ts'
import type { HomeserverLink, LinkedUser, LinkedUserTables } from './homeserver-link.ts'
import { isPersonalOwnerValid } from './personal-sessions/index.ts'
import { type AdminCheck, authAdminScope, rolesOf, serverAdminScope } from './policy/index.ts'
import { findResourceOwner } from './session-admin/index.ts'
import {
  compileTokenLookup,
  markAccessTokenUsed,
  type SessionActivity,
  type SessionTables,
  type TokenWithSession,
} from './sessions/index.ts'
import { hashToken, isWellFormed } from './tokens/index.ts'

/** Scopes that let a token use the Client-Server API at all. */
const API_SCOPES = ['urn:matrix:client:api:*', 'urn:matrix:org.matrix.msc2967.client:api:*']
const NO_SCOPES: ReadonlySet<string> = new Set()
const NO_ROLES: readonly AdminRole[] = []

export interface AuthenticatorDeps {
  readonly database: Database<SessionTables & AccountTables & LinkedUserTables>
  readonly homeserver: HomeserverLink
  readonly activity: SessionActivity
  readonly clock: Clock
  readonly mayAdminister: AdminCheck
  /** Accounts can run out (`account_validity`). */
  readonly areAccountsLimited: boolean
  readonly appservices: AppserviceTokens
  /** Addresses from which application services act for users are kept. */
  readonly areAppserviceIpsTracked: boolean
}

/**
 * Turns access tokens of every kind into requesters. It runs for every request: one look-up of the token, one of the user.
 * Codes and texts are Synapse's (admin API, "Authentication").
 */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { database, homeserver, activity, clock, mayAdminister, appservices } = deps
  const lookup = compileTokenLookup(database.as())

  const isOwnerValid = (found: TokenWithSession) =>
    isPersonalOwnerValid(deps, found.owner_user_id as UserId | null, found.user_id as UserId)

  /** The first use of a token that came from a refresh ends the retry that the old refresh token had. */
  const markFirstUse = async (tokenHash: string, found: TokenWithSession): Promise<void> => {
    if (found.from_refresh === 0 || found.first_used_at_ms !== null) return
    await database.transaction((tx) => markAccessTokenUsed(tx, tokenHash, clock.nowMs()))
  }

  return {
    async authenticate(accessToken, origin, query) {
      const service = appservices.find(accessToken)
      if (service) return appserviceRequester({ homeserver, areIpsTracked: deps.areAppserviceIpsTracked }, service, query, origin)
      if (!isWellFormed(accessToken)) throw unknownToken()
      const tokenHash = hashToken(accessToken)
      const found = await lookup(tokenHash)
      if (!found || found.finished_at_ms !== null || found.user_id === null) throw unknownToken()
      const nowMs = clock.nowMs()
      if (isTokenExpired(found, nowMs)) {
        throw new MatrixError('M_UNKNOWN_TOKEN', 'Access token has expired', { extra: { soft_logout: true } })
      }
      const user = await homeserver.findUser(found.user_id as UserId)
      if (!user || user.isDeactivated) throw unknownToken()
      if (found.kind === 'personal' && !(await isOwnerValid(found))) throw unknownToken()
      const scopes = scopesOf(found)
      if (found.scope !== '' || found.kind === 'oauth' || found.kind === 'personal') refuseWithoutApiScope(scopes)
      if (found.from_refresh === 1) await markFirstUse(tokenHash, found)
      activity.record(found.id, origin)
      homeserver.recordActivity(activityOf(found, origin))
      const owner = ownerOf(found)
      const limited = owner === undefined ? user : ((await homeserver.findUser(owner)) ?? user)
      const isExpired = deps.areAccountsLimited && user.expiresAtMs !== undefined && user.expiresAtMs <= nowMs
      return toRequester(found, user, { scopes, mayAdminister, isExpired, isUnlimited: limited.messageLimit?.perSecond === 0 })
    },

    async authenticateAuthAdmin(accessToken, origin) {
      const tokenHash = hashToken(accessToken)
      const found = isWellFormed(accessToken) ? await lookup(tokenHash) : undefined
      if (!found || found.finished_at_ms !== null || isTokenExpired(found, clock.nowMs()))
        throw new AuthAdminError(401, 'Invalid access token')
      const scopes = scopesOf(found)
      const isAdmin = scopes.has(authAdminScope)
      const user = found.user_id === null ? undefined : await homeserver.findUser(found.user_id as UserId)
      // MAS: a personal token may act as somebody who is locked
      const isLockedOut = user?.isLocked && found.kind !== 'personal'
      if (found.user_id !== null && (!user || user.isDeactivated || isLockedOut)) throw new AuthAdminError(401, 'User is not active')
      if (found.kind === 'personal' && !(await isOwnerValid(found))) throw new AuthAdminError(401, 'Owner of the token is not active')
      const adminRoles = user ? rolesOf(scopes, user, mayAdminister) : []
      if (!isAdmin && adminRoles.length === 0) throw new AuthAdminError(401, 'Missing urn:mas:admin scope')
      if (isAdmin && user && !mayAdminister(user)) throw new AuthAdminError(401, 'User is not an administrator any more')
      await markFirstUse(tokenHash, found)
      activity.record(found.id, origin)
      return { sessionId: found.id, userId: user?.userId, clientId: found.client_id ?? undefined, isAdmin, adminRoles }
    },

    async isPrivileged({ kind, id }) {
      const owner = kind === 'user' ? (id as UserId) : await findResourceOwner(database.read, kind, id)
      // what is no user's, a client's session, is for admins alone
      if (owner === null) return true
      const user = owner && (await homeserver.findUser(owner))
      return user !== undefined && (mayAdminister(user) || user.adminRole !== undefined)
    },
  }
}

function unknownToken(): MatrixError {
  return new MatrixError('M_UNKNOWN_TOKEN', 'Invalid access token passed.', { extra: { soft_logout: false } })
}

function isTokenExpired(found: TokenWithSession, nowMs: number): boolean {
  return (
    (found.token_expires_at_ms !== null && found.token_expires_at_ms <= nowMs) ||
    (found.expires_at_ms !== null && found.expires_at_ms <= nowMs)
  )
}

function scopesOf(found: TokenWithSession): ReadonlySet<string> {
  return found.scope === '' ? NO_SCOPES : new Set(found.scope.split(' '))
}

function refuseWithoutApiScope(scopes: ReadonlySet<string>): void {
  if (API_SCOPES.some((scope) => scopes.has(scope))) return
  throw new MatrixError('M_UNKNOWN_TOKEN', "Token doesn't grant access to the Client-Server API", { extra: { soft_logout: false } })
}

/** The admin who holds a "log in as" token. */
function ownerOf(found: TokenWithSession): UserId | undefined {
  return (found.kind === 'puppet' ? (found.owner_user_id ?? undefined) : undefined) as UserId | undefined
}

/** What is done with a "log in as" token is the activity of the admin who holds it. */
function activityOf(found: TokenWithSession, origin: Origin) {
  const isPuppet = found.kind === 'puppet' && found.owner_user_id !== null
  return {
    userId: (isPuppet ? found.owner_user_id : found.user_id) as UserId,
    deviceId: (isPuppet ? undefined : (found.device_id ?? undefined)) as DeviceId | undefined,
    ...origin,
  }
}

/**
 * A token with scopes needs the admin scope, and its account must still be an admin (MAS asks only when the scope is given). A token
 * without scopes has what its account has.
 */
function toRequester(
  found: TokenWithSession,
  user: LinkedUser,
  options: { scopes: ReadonlySet<string>; mayAdminister: AdminCheck; isExpired: boolean; isUnlimited: boolean },
): Requester {
  const { scopes, mayAdminister, isExpired, isUnlimited } = options
  const byScope = found.kind === 'oauth' || found.kind === 'personal'
  const ownRoles = user.adminRole === undefined ? NO_ROLES : [user.adminRole]
  return {
    userId: user.userId,
    deviceId: (found.device_id ?? undefined) as DeviceId | undefined,
    isAdmin: byScope ? scopes.has(serverAdminScope) && mayAdminister(user) : user.isAdmin,
    adminRoles: byScope ? rolesOf(scopes, user, mayAdminister) : ownRoles,
    isGuest: user.isGuest,
    isLocked: user.isLocked,
    isSuspended: user.isSuspended,
    isShadowBanned: user.isShadowBanned,
    isExpired,
    isUnlimited,
    messageLimit: user.messageLimit,
    origin: found.kind,
    scopes,
    sessionId: found.id,
    tokenId: found.token_id,
    puppetOwner: ownerOf(found),
  }
}
