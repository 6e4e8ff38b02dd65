import type { Reads, Transaction } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { type Account, findAccount, findAccountById, insertAccount, updatePasswordHash } from './account-store.ts'
import type { AccountTables } from './tables.ts'

/** The accounts that sign in. One for each local user that ever could. */
export interface Accounts {
  find(db: Reads<AccountTables>, userId: UserId): Promise<Account | undefined>
  findById(db: Reads<AccountTables>, id: string): Promise<Account | undefined>
  create(tx: Transaction<AccountTables>, account: { userId: UserId; passwordHash: string | undefined }): Promise<Account>
  /** The user's account; users that came without one (appservices, imports) get it now. */
  ensure(tx: Transaction<AccountTables>, userId: UserId): Promise<Account>
  /** Undefined takes the password away. */
  setPasswordHash(tx: Transaction<AccountTables>, userId: UserId, passwordHash: string | undefined): Promise<void>
}

export function createAccounts(deps: { clock: Clock; random: Random }): Accounts {
  const create: Accounts['create'] = async (tx, { userId, passwordHash }) => {
    const account = { id: makeUlid(deps.clock, deps.random), userId, createdAtMs: deps.clock.nowMs(), passwordHash }
    await insertAccount(tx, account)
    return account
  }
  return {
    find: findAccount,
    findById: findAccountById,
    create,
    async ensure(tx, userId) {
      await tx.lock(`account:${userId}`)
      return (await findAccount(tx.db, userId)) ?? (await create(tx, { userId, passwordHash: undefined }))
    },
    async setPasswordHash(tx, userId, passwordHash) {
      if (!(await updatePasswordHash(tx, userId, passwordHash))) await create(tx, { userId, passwordHash })
    },
  }
}
