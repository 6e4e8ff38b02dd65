import { AuthAdminError, MatrixError } from '@glia/contract'
import type { AnyTransaction, Database } from '@glia/database'
import type { Authenticator } from '@glia/http'
import { type DeviceId, makeUserId, type ServerName, type UserId } from '@glia/protocol'
import { type AppserviceTokens, appserviceRequester } from '../appservices/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import { apiScopes, deviceIdOf, rolesOf, serverAdminScope } from '../policy/index.ts'
import type { Introspector } from './introspector.ts'

/** Turns access tokens of an auth service elsewhere into requesters. The homeserver's flags count: locks, suspensions, roles. */
export function createIntrospectingAuthenticator(deps: {
  introspector: Introspector
  homeserver: HomeserverLink
  database: Database<unknown>
  appservices: AppserviceTokens
  areAppserviceIpsTracked: boolean
}): Authenticator {
  const { introspector, homeserver, database, appservices } = deps
  return {
    async authenticate(accessToken, origin, query) {
      const service = appservices.find(accessToken)
      if (service) return appserviceRequester({ homeserver, areIpsTracked: deps.areAppserviceIpsTracked }, service, query, origin)
      const token = await introspector.introspect(accessToken)
      if (!token?.username || !(token.scopes.has(apiScopes.stable) || token.scopes.has(apiScopes.unstable))) throw unknownToken()
      const user = await homeserver.findUser(makeUserId(token.username, homeserver.serverName as ServerName))
      if (!user || user.isDeactivated) throw unknownToken()
      const deviceId = (token.deviceId ?? deviceIdOf([...token.scopes])) as DeviceId | undefined
      if (deviceId !== undefined && !(await homeserver.hasDevice(user.userId, deviceId))) {
        await database.transaction((tx) =>
          homeserver.upsertDevice(tx as AnyTransaction, { userId: user.userId, deviceId, displayName: undefined }),
        )
      }
      homeserver.recordActivity({ userId: user.userId, deviceId, ...origin })
      return {
        userId: user.userId,
        deviceId,
        // the auth service gives the scope to its admins only
        isAdmin: token.scopes.has(serverAdminScope),
        adminRoles: rolesOf(token.scopes, user, () => false),
        isGuest: user.isGuest,
        isLocked: user.isLocked,
        isSuspended: user.isSuspended,
        isShadowBanned: user.isShadowBanned,
        isExpired: false,
        isUnlimited: user.messageLimit?.perSecond === 0,
        messageLimit: user.messageLimit,
        origin: 'oauth',
        scopes: token.scopes,
        sessionId: token.sessionId,
        tokenId: token.tokenHash,
        puppetOwner: undefined,
      }
    },
    async authenticateAuthAdmin() {
      throw new AuthAdminError(401, 'The auth service of this server is another program')
    },
    /** Resources of MAS's Admin API are not here. */
    async isPrivileged({ kind, id }) {
      const user = kind === 'user' ? await homeserver.findUser(id as UserId) : undefined
      return user !== undefined && (user.isAdmin || user.adminRole !== undefined)
    },
  }
}

function unknownToken(): MatrixError {
  return new MatrixError('M_UNKNOWN_TOKEN', 'Invalid access token passed.', { extra: { soft_logout: false } })
}
