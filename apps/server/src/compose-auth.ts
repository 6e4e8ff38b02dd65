import {
  type AuthSchema,
  createAccounts,
  createAdminCheck,
  createAppserviceTokens,
  createAuthCleanup,
  createAuthenticator,
  createAuthLink,
  createBrowserSessions,
  createLegacyAuth,
  createLoginTokens,
  createPasswordHasher,
  createPolicyData,
  createSealing,
  createSessionActivity,
  createSessions,
  createTerms,
  createUpstream,
  externalNameOf,
  type HomeserverLink,
  nameOfProvider,
  type PageContinuation,
  type PageRoutesDeps,
  type TrustedIntrospector,
} from '@glia/auth'
import type { Database } from '@glia/database'
import type { AuthLink } from '@glia/homeserver'
import type { Clock, Logger, Random } from '@glia/platform'
import { composeAdministration } from './compose-administration.ts'
import type { RecordChange } from './compose-audit.ts'
import { composeEmail } from './compose-email.ts'
import { composeOAuth } from './compose-oauth.ts'
import type { OutboundHttp } from './compose-outbound.ts'
import type { Config } from './config/index.ts'
import type { Running } from './running.ts'

/** The auth service: accounts, sessions, signing in by whatever way, and who a request comes from. */
export function composeAuth(deps: {
  config: Config
  database: Database<AuthSchema>
  homeserver: HomeserverLink
  clock: Clock
  random: Random
  logger: Logger
  outbound: Pick<OutboundHttp, 'guarded' | 'trusted'>
  publicBaseUrl: () => string
  allowCrossSigningReset: PageRoutesDeps['allowCrossSigningReset']
  recordChange: RecordChange
  /** The homeserver, when it is another program. */
  introspector?: TrustedIntrospector
}) {
  const { config, database, homeserver, clock, random, logger, outbound, publicBaseUrl, allowCrossSigningReset, recordChange } = deps
  const sessionLifetimes = {
    oauthAccessMs: config.auth.accessTokenLifetimeMs,
    legacyAccessMs: config.auth.nonrefreshableAccessTokenLifetimeMs ?? undefined,
    legacyRefreshableAccessMs: config.auth.refreshableAccessTokenLifetimeMs,
    legacyRefreshMs: config.auth.refreshTokenLifetimeMs ?? undefined,
    sessionMs: config.auth.sessionLifetimeMs ?? undefined,
  }
  const accounts = createAccounts({ clock, random })
  const passwords = createPasswordHasher({ random })
  const sessions = createSessions({ clock, random, lifetimes: sessionLifetimes })
  const sessionActivity = createSessionActivity({ database: database.as(), clock, logger })
  const authCleanup = createAuthCleanup({ database: database.as(), clock, logger })
  const policyData = createPolicyData({ database: database.as(), config: config.auth.policy, clock, random, logger })
  const mayAdminister = createAdminCheck(policyData)
  const upstream = createUpstream<PageContinuation>({
    database: database.as(),
    homeserver,
    outbound: outbound.trusted,
    clock,
    random,
    providers: config.auth.upstreamProviders,
    issuer: publicBaseUrl,
  })
  const authLink: AuthLink = {
    ...createAuthLink({ database: database.as(), accounts, passwords, sessions, links: upstream.links }),
    confirmIdentity: (requester, auth, operation) => legacyAuth.confirmIdentity(requester, auth, operation),
  }
  const appserviceTokens = createAppserviceTokens(config.appservices.registrations)
  const authenticator = createAuthenticator({
    database: database.as(),
    homeserver,
    activity: sessionActivity,
    clock,
    mayAdminister,
    appservices: appserviceTokens,
    areAppserviceIpsTracked: config.appservices.userIpsTracked,
    areAccountsLimited: config.registration.validity !== null,
  })

  const email = composeEmail({ config, database: database.as(), homeserver, clock, random, logger, publicBaseUrl })
  const loginTokens = createLoginTokens({ clock, random })
  const terms = createTerms(config.auth.terms, clock)
  const legacyAuth = createLegacyAuth({
    database: database.as(),
    homeserver,
    accounts,
    passwords,
    sessions,
    clock,
    random,
    secret: config.server.secret,
    passwordsEnabled: config.auth.passwordsEnabled,
    appservices: appserviceTokens,
    email: { ...config.email, validations: email.pages.emailValidations },
    loginTokens,
    existingSession: config.auth.existingSession,
    identityProviders: upstream.providers.map((provider) => ({
      id: externalNameOf(provider),
      name: nameOfProvider(provider),
      brand: provider.brandName ?? undefined,
    })),
    registration: config.registration,
    terms,
    limits: config.ratelimiting,
  })

  const oauth = composeOAuth({
    config,
    clock,
    random,
    database: database.as(),
    homeserver,
    accounts,
    passwords,
    passwordCheck: legacyAuth.passwordCheck,
    registrationStages: legacyAuth.registrationStages,
    terms,
    sessions,
    browserSessions: createBrowserSessions({ clock, random }),
    email: email.pages,
    loginTokens,
    allowCrossSigningReset,
    policyData,
    mayAdminister,
    upstream,
    sealing: createSealing({ key: config.auth.encryptionKey, random }),
    outbound,
    logger,
    issuer: publicBaseUrl,
    introspector: deps.introspector,
    recordFirstAdmin: (tx, userId) => recordChange(tx, { operation: 'setup.first_admin', actor: userId, userId }),
  })

  return {
    accounts,
    authLink,
    authenticator,
    createSetupLink: oauth.createSetupLink,
    administration: composeAdministration({
      database,
      homeserver,
      accounts,
      passwords,
      sessions,
      random,
      createSetupLink: oauth.createSetupLink,
      signingKeys: oauth.signingKeys,
      recordChange,
    }),
    routes: [...oauth.routes, ...legacyAuth.routes],
    running: [sessionActivity, policyData, upstream, oauth, authCleanup, email] satisfies Running[],
  }
}
