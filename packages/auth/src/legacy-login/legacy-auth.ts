import type { Database } from '@glia/database'
import { type RateLimit, RateLimiter, type Requester, type Route } from '@glia/http'
import type { Clock, Random, Secret } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { AppserviceTokens } from '../appservices/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import {
  createIdentityConfirmation,
  createInteractiveAuth,
  dummyStage,
  type IdentityConfirmation,
  passwordStage,
  registrationTokenStage,
} from '../interactive-auth/index.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import { createRegistrationTokens, type RegistrationTokens, registrationTokenAdminRoutes } from '../registration-tokens/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { Sessions } from '../sessions/index.ts'
import { accountRoutes } from './account-routes.ts'
import { adminRegisterRoutes } from './admin-register-routes.ts'
import { loginRoutes } from './login-routes.ts'
import { createPasswordCheck, type PasswordCheck } from './password-check.ts'
import { registerRoutes } from './register-routes.ts'
import { createRegistrationNonces } from './registration-nonces.ts'
import { findIdentifiedUser } from './user-identifier.ts'

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
  findUserByThreepid(medium: string, address: string): Promise<UserId | undefined>
  readonly passwordsEnabled: boolean
  readonly appservices: AppserviceTokens
  readonly registration: {
    readonly enabled: boolean
    readonly requiresToken: boolean
    readonly sharedSecret: Secret | null
    readonly guestsAllowed: boolean
  }
  readonly limits: {
    readonly registration: RateLimit
    readonly registrationTokenValidity: RateLimit
    readonly login: { readonly address: RateLimit; readonly account: RateLimit; readonly failedAttempts: RateLimit }
  }
}

/** Login, registration and account endpoints of the Client-Server API, user-interactive authentication, and registration by admins. */
export interface LegacyAuth {
  readonly identity: IdentityConfirmation
  readonly passwordCheck: PasswordCheck
  readonly registrationTokens: RegistrationTokens
  /** For `AuthLink.confirmIdentity`. */
  confirmIdentity(requester: Requester, auth: unknown, operation: string): Promise<void>
  readonly routes: Route[]
}

export function createLegacyAuth(deps: LegacyAuthDeps): LegacyAuth {
  const { database, homeserver, clock, random, registration, limits, passwordsEnabled } = deps
  const limiter = new RateLimiter(clock)
  const registrationTokens = createRegistrationTokens({ database: database.as(), clock, random })
  const passwordCheck = createPasswordCheck({ ...deps, limiter, failedAttempts: limits.login.failedAttempts })
  const findUser = (fields: Readonly<Record<string, unknown>>) =>
    findIdentifiedUser(
      {
        serverName: homeserver.serverName,
        isUser: async (userId) => (await homeserver.findUser(userId)) !== undefined,
        findUserByThreepid: deps.findUserByThreepid,
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
    routes: [
      ...loginRoutes({ ...deps, passwordCheck, limiter, limits: limits.login, findUser, passwordsEnabled }),
      ...registerRoutes({
        ...deps,
        interactiveAuth,
        limiter,
        limit: limits.registration,
        isEnabled: registration.enabled,
        requiresToken: registration.requiresToken,
        guestsAllowed: registration.guestsAllowed,
        registrationTokens,
        tokenValidityLimit: limits.registrationTokenValidity,
      }),
      ...accountRoutes({ ...deps, identity }),
      ...adminRegisterRoutes({
        ...deps,
        nonces: createRegistrationNonces(deps),
        sharedSecret: registration.sharedSecret ?? undefined,
      }),
      ...registrationTokenAdminRoutes({ registrationTokens }),
    ],
  }
}
