import type { AnyTransaction, Database } from '@glia/database'
import type { Random } from '@glia/platform'
import { makeUserId, type ServerName, type UserId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import type { Sessions } from '../sessions/index.ts'
import { type AcceptedTerms, recordAcceptedTerms } from '../terms/index.ts'
import { type OpenedSession, openSession, type SessionRequest } from './open-session.ts'

export interface AccountRequest {
  readonly localpart: string
  readonly passwordHash: string | undefined
  /** Absent: the localpart. */
  readonly displayName?: string | undefined
  readonly isAdmin?: boolean
  readonly isGuest?: boolean
  readonly userType?: string | undefined
  /** The application service that has the user for itself. */
  readonly appserviceId?: string | undefined
  /** Confirmed; becomes the account's. */
  readonly email?: { readonly address: string; readonly validatedAtMs: number } | undefined
  /** Accepted by the person whose account it is. */
  readonly terms?: AcceptedTerms | undefined
  /** Absent: nobody is signed in. */
  readonly session?: SessionRequest | undefined
}

export interface CreateAccountDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly random: Random
}

/**
 * Makes user, account and, if asked for, the first session, all or nothing. The name was checked before.
 * @param also what must become true with it
 * @throws MatrixError M_USER_IN_USE, M_THREEPID_IN_USE if somebody was faster
 */
export function createAccount(
  deps: CreateAccountDeps,
  request: AccountRequest,
  also: (tx: AnyTransaction) => Promise<void> = async () => {},
): Promise<{ userId: UserId; session: OpenedSession | undefined }> {
  const { database, homeserver, accounts } = deps
  const { localpart, displayName, isAdmin = false, isGuest = false, userType, appserviceId } = request
  return database.transaction(async (tx) => {
    await also(tx)
    const userId = await homeserver.createUser(tx, {
      localpart,
      isAdmin,
      isGuest,
      ...(displayName === undefined ? {} : { displayName }),
      ...(userType === undefined ? {} : { userType }),
      ...(appserviceId === undefined ? {} : { appserviceId }),
    })
    await accounts.create(tx, { userId, passwordHash: request.passwordHash })
    if (request.email) {
      const { address, validatedAtMs } = request.email
      await homeserver.addThreepid(tx, userId, { medium: 'email', address, validatedAtMs })
    }
    if (request.terms) await recordAcceptedTerms(tx, userId, request.terms)
    const session = request.session && (await openSession(tx, deps, userId, request.session))
    return { userId, session }
  })
}

/** A name for somebody who did not choose one: digits, which nobody may choose. */
export async function freeLocalpart(deps: { homeserver: HomeserverLink; random: Random }): Promise<string> {
  for (;;) {
    const localpart = String(10_000_000_000 + deps.random.integer(90_000_000_000))
    if (!(await deps.homeserver.findUser(makeUserId(localpart, deps.homeserver.serverName as ServerName)))) return localpart
  }
}
