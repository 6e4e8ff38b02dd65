import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

export async function insertOpenIdToken(
  tx: Transaction<HomeserverSchema>,
  token: { hash: string; userId: UserId; expiresAtMs: number },
): Promise<void> {
  const row = { token_hash: token.hash, user_id: token.userId, expires_at_ms: token.expiresAtMs }
  await tx.db.insertInto('openid_tokens').values(row).execute()
}

/** @returns undefined for a token that is unknown or expired */
export async function findOpenIdUser(db: Reads<HomeserverSchema>, hash: string, nowMs: number): Promise<UserId | undefined> {
  const row = await db
    .selectFrom('openid_tokens')
    .select('user_id')
    .where('token_hash', '=', hash)
    .where('expires_at_ms', '>', nowMs)
    .executeTakeFirst()
  return row?.user_id as UserId | undefined
}

/** @param limit of how many at most */
export async function deleteExpiredOpenIdTokens(tx: Transaction<HomeserverSchema>, nowMs: number, limit: number): Promise<void> {
  await tx.db
    .deleteFrom('openid_tokens')
    .where('token_hash', 'in', (of) => of.selectFrom('openid_tokens').select('token_hash').where('expires_at_ms', '<=', nowMs).limit(limit))
    .execute()
}

export async function deleteOpenIdTokensOf(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void> {
  await tx.db.deleteFrom('openid_tokens').where('user_id', '=', userId).execute()
}
