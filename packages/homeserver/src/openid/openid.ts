import { hash } from 'node:crypto'
import type { Database, Transaction } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { deleteExpiredOpenIdTokens, deleteOpenIdTokensOf, findOpenIdUser, insertOpenIdToken } from './openid-store.ts'

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
        await deleteExpiredOpenIdTokens(tx, nowMs, SWEPT_AT_ONCE)
        await insertOpenIdToken(tx, { hash: hashOf(token), userId, expiresAtMs: nowMs + LIFETIME_SECONDS * 1000 })
      })
      return { token, expiresInSeconds: LIFETIME_SECONDS }
    },
    userOf: (token) => findOpenIdUser(database.read, hashOf(token), clock.nowMs()),
    deleteAll: deleteOpenIdTokensOf,
  }
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url')
}
