import {
  type AuthSchema,
  createAccounts,
  createAppserviceTokens,
  createIntrospectingAuthenticator,
  createIntrospector,
  createRemoteAuthLink,
  type HomeserverLink,
  type RemoteAuthSettings,
  remoteDiscoveryRoutes,
  whoamiRoute,
} from '@glia/auth'
import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { AuthLink } from '@glia/homeserver'
import type { Clock, Random } from '@glia/platform'
import { localpartOf, type UserId } from '@glia/protocol'
import type { Administration } from './compose-administration.ts'
import type { composeAuth } from './compose-auth.ts'
import type { OutboundHttp } from './compose-outbound.ts'
import type { Config } from './config/index.ts'

/** In place of our own auth service: one that is another program (`matrix_authentication_service`). */
export function composeDelegatedAuth(
  deps: {
    config: Config
    database: Database<AuthSchema>
    homeserver: HomeserverLink
    clock: Clock
    random: Random
    outbound: Pick<OutboundHttp, 'trusted'>
  },
  settings: RemoteAuthSettings,
): ReturnType<typeof composeAuth> & { forgetTokens(userId: UserId): void } {
  const { config, database, homeserver, clock, random } = deps
  const outbound = deps.outbound.trusted
  const introspector = createIntrospector(settings, { outbound, clock })
  const authLink: AuthLink = createRemoteAuthLink()
  return {
    accounts: createAccounts({ clock, random }),
    authLink,
    authenticator: createIntrospectingAuthenticator({
      introspector,
      homeserver,
      database: database.as(),
      appservices: createAppserviceTokens(config.appservices.registrations),
      areAppserviceIpsTracked: config.appservices.userIpsTracked,
    }),
    createSetupLink: async () => undefined,
    administration: elsewhere(homeserver.serverName),
    routes: [...remoteDiscoveryRoutes(settings, { outbound, clock }), whoamiRoute()],
    running: [],
    forgetTokens: (userId) => introspector.forget(localpartOf(userId)),
  }
}

/** The command line has nothing to do with accounts that are kept by another program. */
function elsewhere(serverName: string): Administration {
  const refuse = async (): Promise<never> => {
    throw new MatrixError(
      'M_UNRECOGNIZED',
      'Accounts of this server are kept by its auth service (matrix_authentication_service): use that',
    )
  }
  return {
    serverName,
    createUser: refuse,
    setPassword: refuse,
    setAdmin: refuse,
    issueToken: refuse,
    listSigningKeys: refuse,
    rotateSigningKeys: refuse,
    createSetupLink: async () => undefined,
  }
}
