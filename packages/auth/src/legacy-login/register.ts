import { MatrixError } from '@glia/contract'
import type { Origin, RateLimit, RateLimiter } from '@glia/http'
import type { UserId } from '@glia/protocol'
import { type AddressRules, isAllowedAddress } from '../email-validation/index.ts'
import {
  EMAIL_STAGE,
  type InteractiveAuth,
  type ProofRequest,
  parseShownEmail,
  parseShownTerms,
  TERMS_STAGE,
  termsParams,
} from '../interactive-auth/index.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import type { Terms } from '../terms/index.ts'
import { type CreateAccountDeps, createAccount, freeLocalpart } from './create-account.ts'
import type { OpenedSession } from './open-session.ts'

export interface RegisterDeps extends CreateAccountDeps {
  readonly passwords: PasswordHasher
  readonly interactiveAuth: InteractiveAuth
  readonly limiter: RateLimiter
  readonly limit: RateLimit
  readonly isEnabled: boolean
  readonly requiresToken: boolean
  readonly guestsAllowed: boolean
  /** Undefined: nothing is to be accepted. */
  readonly terms: Terms | undefined
  /** Undefined: the server sends no e-mail. */
  readonly email: (AddressRules & { readonly isRequired: boolean }) | undefined
}

/** What `/register` was told; undefined: not told. */
export interface RegisterFields {
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly deviceId?: string | undefined
  readonly deviceName?: string | undefined
  readonly refreshable?: boolean | undefined
  readonly inhibitLogin?: boolean | undefined
}

type Registered = { userId: UserId; session: OpenedSession | undefined }

/** What the interactive authentication is for. */
export const REGISTER_OPERATION = 'register'

/**
 * Registers an account after user-interactive authentication. Names are checked before it. What was told when the authentication was
 * started may be left out later; of the password only the hash is remembered.
 * @throws MatrixError M_FORBIDDEN (registration is closed), M_USER_IN_USE, M_INVALID_USERNAME, M_MISSING_PARAM; InteractiveAuthRequired
 */
export async function registerAccount(
  deps: RegisterDeps,
  auth: ProofRequest['auth'],
  told: RegisterFields,
  origin: Origin,
): Promise<Registered> {
  const { homeserver, interactiveAuth, limiter, limit } = deps
  refuseIfClosed(deps)
  limiter.check(`registration from ${origin.ip}`, limit)
  const remembered = (await interactiveAuth.recall(auth, REGISTER_OPERATION)) as RegisterFields & { passwordHash?: string }
  const fields = { ...remembered, ...withoutUndefined(told) }
  const chosen = fields.username?.toLowerCase()
  if (chosen !== undefined) await homeserver.checkLocalpartAvailable(chosen)
  const proof = await interactiveAuth.prove({
    auth,
    operation: REGISTER_OPERATION,
    flows: registrationFlows(deps),
    origin,
    ...(deps.terms && { params: termsParams(deps.terms) }),
    async parameters() {
      const { password, ...others } = withoutUndefined(told)
      return password === undefined ? others : { ...others, passwordHash: await deps.passwords.hash(password) }
    },
  })
  const passwordHash = told.password === undefined ? remembered.passwordHash : await deps.passwords.hash(told.password)
  if (passwordHash === undefined) throw new MatrixError('M_MISSING_PARAM', 'Missing params: password')
  const shown = proof.shown[EMAIL_STAGE]
  const email = shown === undefined ? undefined : parseShownEmail(shown)
  if (email && deps.email && !isAllowedAddress(deps.email, email.address)) {
    throw new MatrixError('M_THREEPID_DENIED', 'This address is not allowed on this server')
  }
  const accepted = proof.shown[TERMS_STAGE]
  const terms = accepted === undefined ? undefined : parseShownTerms(accepted)
  limiter.take(`registration from ${origin.ip}`, limit)
  return createAccount(
    deps,
    { localpart: chosen ?? (await freeLocalpart(deps)), passwordHash, email, terms, session: sessionOf(fields, origin) },
    proof.consume,
  )
}

/** Each way to get an account. A dummy at the end keeps a flow from being the beginning of a longer one. */
function registrationFlows({ requiresToken, terms, email }: RegisterDeps): string[][] {
  const first = [...(requiresToken ? ['m.login.registration_token'] : []), ...(terms ? [TERMS_STAGE] : [])]
  const withEmail = [...first, EMAIL_STAGE]
  if (email?.isRequired) return [withEmail]
  return [[...first, 'm.login.dummy'], ...(email ? [withEmail] : [])]
}

/** @throws MatrixError M_FORBIDDEN when guests are not let in */
export async function registerGuest(deps: RegisterDeps, deviceName: string | undefined, origin: Origin): Promise<Registered> {
  if (!deps.guestsAllowed) throw new MatrixError('M_FORBIDDEN', 'Guest access is disabled')
  deps.limiter.take(`registration from ${origin.ip}`, deps.limit)
  return createAccount(deps, {
    localpart: await freeLocalpart(deps),
    passwordHash: undefined,
    isGuest: true,
    session: { deviceId: undefined, deviceName, refreshable: false, origin },
  })
}

export function refuseIfClosed(deps: { isEnabled: boolean }): void {
  if (!deps.isEnabled) throw new MatrixError('M_FORBIDDEN', 'Registration has been disabled')
}

function sessionOf(fields: RegisterFields, origin: Origin) {
  if (fields.inhibitLogin) return undefined
  return { deviceId: fields.deviceId, deviceName: fields.deviceName, refreshable: fields.refreshable ?? false, origin }
}

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
