import type { AnyTransaction, Database } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import { hashToken } from '../tokens/index.ts'
import type { SetupTables } from './tables.ts'

const LIFETIME_MS = 24 * 60 * 60_000

/** The one-time link with which whoever started the server makes the first admin account. Worth nothing once there is an admin. */
export interface SetupLinks {
  /** A fresh token, good for a day; older ones stop working. Undefined when there is an admin. */
  create(): Promise<string | undefined>
  isValid(token: string): Promise<boolean>
  /**
   * Makes the first admin. The name was checked before.
   * @param also what must become true with it
   * @returns undefined if the token is not valid (any more), or if somebody was faster
   * @throws MatrixError M_USER_IN_USE
   */
  makeFirstAdmin<T>(
    token: string,
    admin: { localpart: string; passwordHash: string },
    also: (tx: AnyTransaction, userId: UserId) => Promise<T>,
  ): Promise<T | undefined>
}

export interface SetupLinksDeps {
  readonly database: Database<SetupTables>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly clock: Clock
  readonly random: Random
  /** Writes the making of the first admin into the audit log: no request of an admin does. */
  readonly recordFirstAdmin: (tx: AnyTransaction, userId: UserId) => Promise<void>
}

export function createSetupLinks(deps: SetupLinksDeps): SetupLinks {
  const { database, homeserver, accounts, clock, random, recordFirstAdmin } = deps
  const isKnown = async (db: Database<SetupTables>['read'], token: string) => {
    const row = await db
      .selectFrom('auth_setup_links')
      .select('expires_at_ms')
      .where('token_hash', '=', hashToken(token))
      .where('expires_at_ms', '>', clock.nowMs())
      .executeTakeFirst()
    return row !== undefined && !(await homeserver.hasAdmin(db))
  }
  return {
    async create() {
      const token = random.text(32)
      const nowMs = clock.nowMs()
      return database.transaction(async (tx) => {
        await tx.db.deleteFrom('auth_setup_links').execute()
        if (await homeserver.hasAdmin(tx.db)) return undefined
        const row = { token_hash: hashToken(token), created_at_ms: nowMs, expires_at_ms: nowMs + LIFETIME_MS }
        await tx.db.insertInto('auth_setup_links').values(row).execute()
        return token
      })
    },
    isValid: (token) => isKnown(database.read, token),
    makeFirstAdmin: (token, admin, also) =>
      database.transaction(async (tx) => {
        await tx.lock('first-admin')
        if (!(await isKnown(tx.db, token))) return undefined
        const userId = await homeserver.createUser(tx, { localpart: admin.localpart, isAdmin: true })
        await accounts.create(tx as AnyTransaction, { userId, passwordHash: admin.passwordHash })
        await tx.db.deleteFrom('auth_setup_links').execute()
        await recordFirstAdmin(tx as AnyTransaction, userId)
        return also(tx, userId)
      }),
  }
}
