import {
  type Accounts,
  type AuthSchema,
  authorizationCodeRoutes,
  type BrowserSessions,
  clientRegistrationRoutes,
  createAuthorizationGrants,
  createAuthorizationPolicy,
  createDeviceGrants,
  createIdTokens,
  deviceGrantRoutes,
  discoveryRoutes,
  type HomeserverLink,
  introspectionRoutes,
  revocationRoutes,
  type Sessions,
  tokenRoutes,
  userinfoRoutes,
} from '@glia/auth'
import type { Database } from '@glia/database'
import type { Route } from '@glia/http'
import type { Clock, Random } from '@glia/platform'
import type { Config } from './config/index.ts'

export interface ComposeOAuthOptions {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly browserSessions: BrowserSessions
  /** The issuer: the public base URL, with a slash at the end. */
  readonly issuer: () => string
}

/** Builds the OAuth side of the auth service. */
export function composeOAuth(options: ComposeOAuthOptions) {
  const { config, clock, random, database, homeserver, accounts, sessions, browserSessions, issuer } = options
  const deviceGrantEnabled = config.auth.deviceCodeGrantEnabled
  const policy = createAuthorizationPolicy(config.auth.policy)
  const idTokens = createIdTokens({ signingKey: config.auth.signingKey, issuer, clock })
  const authorizationGrants = createAuthorizationGrants({ database: database.as(), clock, random })
  const deviceGrants = createDeviceGrants({ database: database.as(), clock, random })
  const userSessions = { database, homeserver, accounts, sessions, browserSessions }
  const introspection = { database, accounts, homeserver, clock }

  const routes: Route[] = [
    ...discoveryRoutes({
      issuer,
      deviceGrantEnabled,
      registrationEnabled: config.registration.enabled,
      publicKeys: idTokens.publicKeys,
    }),
    ...clientRegistrationRoutes({ database: database.as(), clock, random, issuer, deviceGrantEnabled }),
    ...authorizationCodeRoutes({ database: database.as(), clock, random }),
    ...deviceGrantRoutes({
      database: database.as(),
      deviceGrants,
      issuer,
      isEnabled: deviceGrantEnabled,
      isCodeInLink: config.auth.deviceCodeUserCodeAutoFillEnabled,
    }),
    ...tokenRoutes({ ...userSessions, authorizationGrants, deviceGrants, policy, idTokens, deviceGrantEnabled }),
    ...revocationRoutes({ database, sessions, homeserver }),
    ...introspectionRoutes(introspection),
    ...userinfoRoutes(introspection),
  ]
  return { routes, policy, authorizationGrants, deviceGrants }
}
