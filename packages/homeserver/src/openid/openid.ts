import { hash } from 'node:crypto'
import type { Database, Transaction } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** Tokens that say who a user is, and open nothing else. Source: Client-Server API, "OpenID". */
export interface OpenId {
  issue(userId: UserId): Promise<{ token: string; expiresInSeconds: number }>
  /** @returns undefined for a token that is unknown or expired */
  userOf(token: string): Promise<UserId | undefined>
  /** Forgets the tokens of a user, as when the account is deactivated. */
  deleteAll(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
}

const LIFETIME_SECONDS = 3600
/** Expired tokens that each new one takes away: more than are added, and never many at once. */
const SWEPT_AT_ONCE = 20

export function createOpenId(deps: { database: Database<HomeserverSchema>; clock: Clock; random: Random }): OpenId {
  const { database, clock, random } = deps
  return {
    async issue(userId) {
      const token = random.text(32)
      const nowMs = clock.nowMs()
      await database.transaction(async (tx) => {
        await tx.db
          .deleteFrom('openid_tokens')
          .where('token_hash', 'in', (of) =>
            of.selectFrom('openid_tokens').select('token_hash').where('expires_at_ms', '<=', nowMs).limit(SWEPT_AT_ONCE),
          )
          .execute()
        const row = { token_hash: hashOf(token), user_id: userId, expires_at_ms: nowMs + LIFETIME_SECONDS * 1000 }
        await tx.db.insertInto('openid_tokens').values(row).execute()
      })
      return { token, expiresInSeconds: LIFETIME_SECONDS }
    },
    async userOf(token) {
      const row = await database.read
        .selectFrom('openid_tokens')
        .select('user_id')
        .where('token_hash', '=', hashOf(token))
        .where('expires_at_ms', '>', clock.nowMs())
        .executeTakeFirst()
      return row?.user_id as UserId | undefined
    },
    async deleteAll(tx, userId) {
      await tx.db.deleteFrom('openid_tokens').where('user_id', '=', userId).execute()
    },
  }
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url')
}
