import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { AccountTables } from './tables.ts'

export interface Account {
  /** ULID; the `sub` of ID tokens. */
  readonly id: string
  readonly userId: UserId
  readonly createdAtMs: number
  readonly passwordHash: string | undefined
}

export async function findAccount(db: Reads<AccountTables>, userId: UserId): Promise<Account | undefined> {
  const row = await db.selectFrom('auth_accounts').selectAll().where('user_id', '=', userId).executeTakeFirst()
  return row && toAccount(row)
}

export async function findAccountById(db: Reads<AccountTables>, id: string): Promise<Account | undefined> {
  const row = await db.selectFrom('auth_accounts').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toAccount(row)
}

export async function insertAccount(tx: Transaction<AccountTables>, account: Account): Promise<void> {
  await tx.db
    .insertInto('auth_accounts')
    .values({
      id: account.id,
      user_id: account.userId,
      created_at_ms: account.createdAtMs,
      password_hash: account.passwordHash ?? null,
    })
    .execute()
}

/** @returns whether there is such an account */
export async function updatePasswordHash(
  tx: Transaction<AccountTables>,
  userId: UserId,
  passwordHash: string | undefined,
): Promise<boolean> {
  const result = await tx.db
    .updateTable('auth_accounts')
    .set({ password_hash: passwordHash ?? null })
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

function toAccount(row: AccountTables['auth_accounts']): Account {
  return { id: row.id, userId: row.user_id as UserId, createdAtMs: row.created_at_ms, passwordHash: row.password_hash ?? undefined }
}
