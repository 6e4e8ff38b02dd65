import type { Database } from '@glia/database'
import { type Origin, type RateLimit, RateLimiter, type Requester, type Route } from '@glia/http'
import type { Clock, Random, Secret } from '@glia/platform'
import type { Accounts } from '../accounts/index.ts'
import type { AppserviceTokens } from '../appservices/index.ts'
import { type AddressRules, type EmailValidations, emailRequestRoutes } from '../email-validation/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import {
  createIdentityConfirmation,
  createInteractiveAuth,
  dummyStage,
  emailStage,
  type IdentityConfirmation,
  passwordStage,
  registrationTokenStage,
  termsStage,
} from '../interactive-auth/index.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import { createRegistrationTokens, type RegistrationTokens, registrationTokenAdminRoutes } from '../registration-tokens/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { Sessions } from '../sessions/index.ts'
import type { LoginTokens } from '../sso-login/index.ts'
import type { Terms } from '../terms/index.ts'
import { threepidRoutes } from '../threepids/index.ts'
import { accountRoutes } from './account-routes.ts'
import { adminRegisterRoutes } from './admin-register-routes.ts'
import { type IdentityProvider, loginRoutes } from './login-routes.ts'
import { createPasswordCheck, type PasswordCheck } from './password-check.ts'
import { RESET_OPERATION } from './password-route.ts'
import { REGISTER_OPERATION } from './register.ts'
import { registerRoutes } from './register-routes.ts'
import { createRegistrationNonces } from './registration-nonces.ts'
import { type ExistingSessionLogin, loginTokenRoute } from './token-login.ts'
import { findIdentifiedUser } from './user-identifier.ts'

export interface LegacyEmailOptions extends AddressRules {
  /** Undefined: the server sends no e-mail. */
  readonly validations: EmailValidations | undefined
  /** Users may add and remove addresses. */
  readonly changesEnabled: boolean
  readonly isRequiredToRegister: boolean
  /** Do not tell a client whether an address belongs to an account. */
  readonly inhibitErrors: boolean
  /** Hosts to which a client may have the browser led on; null: any. */
  readonly nextLinkHosts: readonly string[] | null
}

export interface LegacyAuthDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly sessions: Sessions
  readonly clock: Clock
  readonly random: Random
  /** Nonces are derived from it. */
  readonly secret: Secret
  readonly passwordsEnabled: boolean
  readonly appservices: AppserviceTokens
  readonly email: LegacyEmailOptions
  readonly loginTokens: LoginTokens
  readonly existingSession: ExistingSessionLogin
  readonly identityProviders: readonly IdentityProvider[]
  readonly registration: {
    readonly enabled: boolean
    readonly requiresToken: boolean
    readonly sharedSecret: Secret | null
    readonly guestsAllowed: boolean
  }
  /** Undefined: nothing is to be accepted. */
  readonly terms: Terms | undefined
  readonly limits: {
    readonly registration: RateLimit
    readonly registrationTokenValidity: RateLimit
    readonly emailValidation: RateLimit
    readonly login: { readonly address: RateLimit; readonly account: RateLimit; readonly failedAttempts: RateLimit }
  }
}

/** The interactive authentications of `/register`. */
export interface RegistrationStages {
  /** @throws MatrixError M_UNKNOWN when there is no such session */
  find(session: string): Promise<void>
  /** @throws MatrixError M_UNKNOWN when there is no such session */
  complete(stage: string, session: string, origin: Origin): Promise<void>
}

/** Login, registration and account endpoints of the Client-Server API, user-interactive authentication, and registration by admins. */
export interface LegacyAuth {
  readonly identity: IdentityConfirmation
  readonly passwordCheck: PasswordCheck
  readonly registrationTokens: RegistrationTokens
  /** For `AuthLink.confirmIdentity`. */
  confirmIdentity(requester: Requester, auth: unknown, operation: string): Promise<void>
  /** For pages on which stages of `/register` are completed. */
  readonly registrationStages: RegistrationStages
  readonly routes: Route[]
}

export function createLegacyAuth(deps: LegacyAuthDeps): LegacyAuth {
  const { database, homeserver, clock, random, registration, limits, passwordsEnabled, email } = deps
  const { validations } = email
  const limiter = new RateLimiter(clock)
  const registrationTokens = createRegistrationTokens({ database: database.as(), clock, random })
  const passwordCheck = createPasswordCheck({ ...deps, limiter, failedAttempts: limits.login.failedAttempts })
  const findUser = (fields: Readonly<Record<string, unknown>>) =>
    findIdentifiedUser(
      {
        serverName: homeserver.serverName,
        isUser: async (userId) => (await homeserver.findUser(userId)) !== undefined,
        findUserByThreepid: homeserver.findUserByThreepid,
      },
      fields,
    )
  const interactiveAuth = createInteractiveAuth({
    database: database.as(),
    clock,
    random,
    stages: [
      dummyStage,
      passwordStage({ findUser, isRight: passwordCheck.isRight }),
      registrationTokenStage({ registrationTokens, clock }),
      ...(deps.terms ? [termsStage(deps.terms)] : []),
      ...(validations
        ? [emailStage({ validations, purposeOf: (operation) => (operation === RESET_OPERATION ? 'reset' : 'register') })]
        : []),
    ],
  })
  const identity = createIdentityConfirmation({ interactiveAuth })

  return {
    identity,
    passwordCheck,
    registrationTokens,
    async confirmIdentity(requester, auth, operation) {
      const proof = await identity.confirm(requester, { auth, operation })
      await database.transaction((tx) => proof.consume(tx))
    },
    registrationStages: {
      async find(session) {
        await interactiveAuth.recall({ session }, REGISTER_OPERATION)
      },
      complete: (stage, session, origin) => interactiveAuth.complete(stage, session, { operation: REGISTER_OPERATION, origin }),
    },
    routes: [
      ...loginRoutes({ ...deps, passwordCheck, limiter, limits: limits.login, findUser, passwordsEnabled }),
      loginTokenRoute({ ...deps, limiter, limits: limits.login, identity }),
      ...registerRoutes({
        ...deps,
        interactiveAuth,
        limiter,
        limit: limits.registration,
        isEnabled: registration.enabled,
        requiresToken: registration.requiresToken,
        guestsAllowed: registration.guestsAllowed,
        email: validations && { allowed: email.allowed, isRequired: email.isRequiredToRegister },
        registrationTokens,
        tokenValidityLimit: limits.registrationTokenValidity,
      }),
      ...accountRoutes({ ...deps, identity, interactiveAuth, resetByEmail: validations !== undefined }),
      ...threepidRoutes({ database, homeserver, identity, validations, changesEnabled: email.changesEnabled }),
      ...emailRequestRoutes({
        ...email,
        homeserver,
        limiter,
        limit: limits.emailValidation,
        registrationEnabled: registration.enabled,
      }),
      ...adminRegisterRoutes({
        ...deps,
        nonces: createRegistrationNonces(deps),
        sharedSecret: registration.sharedSecret ?? undefined,
      }),
      ...registrationTokenAdminRoutes({ registrationTokens }),
    ],
  }
}
