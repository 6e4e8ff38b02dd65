import type { Reads, Transaction } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { hashToken } from '../tokens/index.ts'
import type { SsoLoginTables } from './tables.ts'

/** Tokens for `m.login.token`: good once, for a short time. */
export interface LoginTokens {
  /** @param token.lifetimeMs how long it is good */
  create(tx: Transaction<SsoLoginTables>, token: { userId: UserId; lifetimeMs: number }): Promise<string>
  /** Whose it is, while it is good. */
  find(db: Reads<SsoLoginTables>, token: string): Promise<UserId | undefined>
  /** Uses it up. @returns false if it was used before */
  spend(tx: Transaction<SsoLoginTables>, token: string): Promise<boolean>
}

export function createLoginTokens({ clock, random }: { clock: Clock; random: Random }): LoginTokens {
  return {
    async create(tx, { userId, lifetimeMs }) {
      const nowMs = clock.nowMs()
      const token = random.text(32)
      // nobody asks for the old ones again
      await tx.db.deleteFrom('auth_login_tokens').where('expires_at_ms', '<=', nowMs).execute()
      await tx.db
        .insertInto('auth_login_tokens')
        .values({ token_hash: hashToken(token), user_id: userId, expires_at_ms: nowMs + lifetimeMs })
        .execute()
      return token
    },
    async find(db, token) {
      const row = await db
        .selectFrom('auth_login_tokens')
        .select('user_id')
        .where('token_hash', '=', hashToken(token))
        .where('expires_at_ms', '>', clock.nowMs())
        .executeTakeFirst()
      return row?.user_id as UserId | undefined
    },
    async spend(tx, token) {
      const result = await tx.db
        .deleteFrom('auth_login_tokens')
        .where('token_hash', '=', hashToken(token))
        .where('expires_at_ms', '>', clock.nowMs())
        .executeTakeFirst()
      return result.numDeletedRows > 0n
    },
  }
}
