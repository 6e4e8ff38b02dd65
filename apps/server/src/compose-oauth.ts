import {
  type Accounts,
  type AdminCheck,
  type AuthSchema,
  authAdminServerRoutes,
  type BrowserSessions,
  backchannelLogoutRoutes,
  browserSessionAuthAdminRoutes,
  clientAuthAdminRoutes,
  clientRegistrationRoutes,
  configureStaticClients,
  createAuthorizationGrants,
  createAuthorizationPolicy,
  createClientAuthentication,
  createClientKeys,
  createDeviceGrants,
  createIdTokens,
  createSetupLinks,
  createSigningKeys,
  createSsoLogins,
  deviceGrantRoutes,
  discoveryRoutes,
  emailAuthAdminRoutes,
  type HomeserverLink,
  introspectionRoutes,
  type LoginTokens,
  type PageContinuation,
  type PageRoutesDeps,
  type PasswordCheck,
  type PasswordHasher,
  type PolicyData,
  pageRoutes,
  personalSessionAuthAdminRoutes,
  policyDataAuthAdminRoutes,
  registrationTokenAuthAdminRoutes,
  revocationRoutes,
  type Sealing,
  type Sessions,
  type SetupLinksDeps,
  sessionAuthAdminRoutes,
  spendUse,
  type TrustedIntrospector,
  tokenRoutes,
  type Upstream,
  upstreamAuthAdminRoutes,
  userAuthAdminRoutes,
  userinfoRoutes,
} from '@glia/auth'
import type { AnyTransaction, Database } from '@glia/database'
import { RateLimiter, type Route } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { OutboundHttp } from './compose-outbound.ts'
import type { Config } from './config/index.ts'
import { gliaVersion } from './version.ts'

export interface ComposeOAuthOptions {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly passwordCheck: PasswordCheck
  readonly registrationStages: PageRoutesDeps['registrationStages']
  readonly terms: PageRoutesDeps['terms']
  readonly sessions: Sessions
  readonly browserSessions: BrowserSessions
  readonly loginTokens: LoginTokens
  readonly email: Pick<PageRoutesDeps, 'emailValidations' | 'emailCodes' | 'recovery'>
  readonly allowCrossSigningReset: PageRoutesDeps['allowCrossSigningReset']
  readonly policyData: PolicyData
  readonly mayAdminister: AdminCheck
  readonly upstream: Upstream<PageContinuation>
  readonly recordFirstAdmin: SetupLinksDeps['recordFirstAdmin']
  readonly sealing: Sealing
  readonly outbound: Pick<OutboundHttp, 'guarded' | 'trusted'>
  readonly introspector: TrustedIntrospector | undefined
  /** The issuer: the public base URL, with a slash at the end. */
  readonly issuer: () => string
}

/** Builds the OAuth side of the auth service. */
export function composeOAuth(options: ComposeOAuthOptions) {
  const { config, clock, random, logger, database, homeserver, accounts, sessions, browserSessions, policyData, mayAdminister, issuer } =
    options
  const { upstream, sealing } = options
  const deviceGrantEnabled = config.auth.deviceCodeGrantEnabled
  const policy = createAuthorizationPolicy(policyData)
  const signingKeys = createSigningKeys({ database: database.as(), clock, sealing, configured: config.auth.signingKey })
  const idTokens = createIdTokens({ signingKeys, issuer, clock })
  const authorizationGrants = createAuthorizationGrants({ database: database.as(), clock, random })
  const deviceGrants = createDeviceGrants({ database: database.as(), clock, random })
  const userSessions = { database, homeserver, accounts, sessions, browserSessions }
  const clientKeys = createClientKeys(options.outbound)
  const clients = createClientAuthentication({ database: database.as(), clock, sealing, clientKeys, issuer })
  const introspection = { database, accounts, homeserver, clock, mayAdminister }

  const setupLinks = createSetupLinks({
    database: database.as(),
    homeserver,
    accounts,
    clock,
    random,
    recordFirstAdmin: options.recordFirstAdmin,
  })
  const spendToken = (tx: AnyTransaction, token: string) => spendUse(tx, token, clock.nowMs())

  const routes: Route[] = [
    ...pageRoutes({
      hasHomeserver: options.introspector === undefined,
      database,
      homeserver,
      accounts,
      passwords: options.passwords,
      ...options.email,
      ssoLogins: createSsoLogins({ database: database.as(), clock, random }),
      loginTokens: options.loginTokens,
      trustedClients: config.auth.trustedSsoClients,
      emailChangesEnabled: config.email.changesEnabled,
      addressRules: config.email,
      emailLimit: config.ratelimiting.emailValidation,
      allowCrossSigningReset: options.allowCrossSigningReset,
      passwordCheck: options.passwordCheck,
      registrationStages: options.registrationStages,
      terms: options.terms,
      sessions,
      browserSessions,
      authorizationGrants,
      deviceGrants,
      setupLinks,
      policy,
      clock,
      random,
      issuer,
      limiter: new RateLimiter(clock),
      loginLimit: config.ratelimiting.login.address,
      passwordsEnabled: config.auth.passwordsEnabled,
      registrationEnabled: config.registration.enabled,
      registration: {
        isEnabled: config.registration.enabled,
        isEmailRequired: config.email.isRequiredToRegister,
        limit: config.ratelimiting.registration,
        spendToken: config.registration.requiresToken ? spendToken : undefined,
      },
      isCodeInLink: config.auth.deviceCodeUserCodeAutoFillEnabled,
      upstream,
      logger,
      registrationLimit: config.ratelimiting.registration,
      spendRegistrationToken: spendToken,
    }),
    ...backchannelLogoutRoutes({ database, upstream, browserSessions, sessions, homeserver, logger }),
    ...discoveryRoutes({
      issuer,
      deviceGrantEnabled,
      registrationEnabled: config.registration.enabled,
      signingKeys,
    }),
    ...clientRegistrationRoutes({ database: database.as(), clock, random, issuer, deviceGrantEnabled, sealing }),
    ...deviceGrantRoutes({
      clients,
      deviceGrants,
      issuer,
      isEnabled: deviceGrantEnabled,
      isCodeInLink: config.auth.deviceCodeUserCodeAutoFillEnabled,
    }),
    ...tokenRoutes({ ...userSessions, clients, authorizationGrants, deviceGrants, policy, idTokens, deviceGrantEnabled }),
    ...revocationRoutes({ database, sessions, homeserver, clients }),
    ...introspectionRoutes({ ...introspection, clients, introspector: options.introspector }),
    ...userinfoRoutes(introspection),
    ...userAuthAdminRoutes({
      ...userSessions,
      database: database.as(),
      passwords: options.passwords,
      passwordsEnabled: config.auth.passwordsEnabled,
      clock,
    }),
    ...sessionAuthAdminRoutes({ database, sessions, homeserver, clock }),
    ...browserSessionAuthAdminRoutes({ database, browserSessions }),
    ...personalSessionAuthAdminRoutes({ database, sessions, homeserver, clock, mayAdminister }),
    ...clientAuthAdminRoutes({ database: database.as(), clock }),
    ...policyDataAuthAdminRoutes({ policyData }),
    ...emailAuthAdminRoutes({ database: database.as(), homeserver, clock }),
    ...upstreamAuthAdminRoutes({ database, links: upstream.links }),
    ...registrationTokenAuthAdminRoutes({ database: database.as(), clock, random }),
    ...authAdminServerRoutes({
      version: gliaVersion,
      issuer,
      serverName: config.server.name,
      passwordsEnabled: config.auth.passwordsEnabled,
      registration: { isEnabled: config.registration.enabled, requiresToken: config.registration.requiresToken },
      email: {
        isSent: config.email.smtp !== null,
        isRequired: config.email.isRequiredToRegister,
        changesEnabled: config.email.changesEnabled,
      },
    }),
  ]
  return {
    routes,
    signingKeys,
    /** Writes what the configuration says of keys and clients into the database. */
    async start(): Promise<void> {
      await signingKeys.start()
      await database.transaction((tx) => configureStaticClients(tx, { clock, sealing }, config.auth.clients))
    },
    /** The address with which the first admin account can be made, once; undefined when there is an admin. */
    async createSetupLink(): Promise<string | undefined> {
      const token = await setupLinks.create()
      return token === undefined ? undefined : `${issuer()}setup?token=${token}`
    },
  }
}
