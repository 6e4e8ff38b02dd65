import type { Database, Transaction } from '@glia/database'
import { type Clock, isUlid, makeUlid, type Random } from '@glia/platform'
import { hashToken } from '../tokens/index.ts'
import type { UpstreamIdentity } from './identity.ts'
import type { UpstreamTables } from './tables.ts'

/** A browser that came back from a provider. */
export interface UpstreamSignIn<Continuation> {
  readonly id: string
  readonly providerId: string
  readonly continuation: Continuation
  readonly identity: UpstreamIdentity
}

interface Begun<Continuation> {
  readonly id: string
  readonly nonce: string
  readonly codeVerifier: string | undefined
  readonly continuation: Continuation
}

/** Browsers on their way to providers and back. Each way back works once, for the browser that left (`browser`: its own secret). */
export interface UpstreamSignIns<Continuation> {
  begin(begun: {
    providerId: string
    browser: string
    state: string
    nonce: string
    codeVerifier: string | undefined
    continuation: Continuation
  }): Promise<void>
  /** @returns undefined: unknown, too late, of another browser or provider, or back already */
  takeReturn(back: { providerId: string; browser: string; state: string }): Promise<Begun<Continuation> | undefined>
  keepIdentity(id: string, identity: UpstreamIdentity): Promise<void>
  find(id: string, browser: string): Promise<UpstreamSignIn<Continuation> | undefined>
  /** @returns whether it was there: it leads to something once */
  spend(tx: Transaction<UpstreamTables>, id: string): Promise<boolean>
}

const LIFETIME_MS = 10 * 60_000
/** For choosing a name, once back. */
const CHOOSING_MS = 30 * 60_000

export function createUpstreamSignIns<Continuation>(deps: {
  database: Database<UpstreamTables>
  clock: Clock
  random: Random
}): UpstreamSignIns<Continuation> {
  const { database, clock, random } = deps
  return {
    async begin({ providerId, browser, state, nonce, codeVerifier, continuation }) {
      const nowMs = clock.nowMs()
      await database.transaction(async (tx) => {
        await tx.db.deleteFrom('auth_upstream_sign_ins').where('expires_at_ms', '<=', nowMs).execute()
        await tx.db
          .insertInto('auth_upstream_sign_ins')
          .values({
            id: makeUlid(clock, random),
            provider_id: providerId,
            state_hash: hashToken(state),
            browser_hash: hashToken(browser),
            nonce,
            code_verifier: codeVerifier ?? null,
            continuation: JSON.stringify(continuation),
            expires_at_ms: nowMs + LIFETIME_MS,
            returned_at_ms: null,
            identity: null,
          })
          .execute()
      })
    },
    async takeReturn({ providerId, browser, state }) {
      const nowMs = clock.nowMs()
      const row = await database.transaction((tx) =>
        tx.db
          .updateTable('auth_upstream_sign_ins')
          .set({ returned_at_ms: nowMs })
          .where('state_hash', '=', hashToken(state))
          .where('browser_hash', '=', hashToken(browser))
          .where('provider_id', '=', providerId)
          .where('expires_at_ms', '>', nowMs)
          .where('returned_at_ms', 'is', null)
          .returningAll()
          .executeTakeFirst(),
      )
      return (
        row && {
          id: row.id,
          nonce: row.nonce,
          codeVerifier: row.code_verifier ?? undefined,
          continuation: JSON.parse(row.continuation) as Continuation,
        }
      )
    },
    async keepIdentity(id, identity) {
      await database.transaction((tx) =>
        tx.db
          .updateTable('auth_upstream_sign_ins')
          .set({ identity: JSON.stringify(identity), expires_at_ms: clock.nowMs() + CHOOSING_MS })
          .where('id', '=', id)
          .execute(),
      )
    },
    async find(id, browser) {
      if (!isUlid(id)) return undefined
      const row = await database.read
        .selectFrom('auth_upstream_sign_ins')
        .selectAll()
        .where('id', '=', id)
        .where('browser_hash', '=', hashToken(browser))
        .where('expires_at_ms', '>', clock.nowMs())
        .executeTakeFirst()
      if (!row || row.identity === null) return undefined
      return {
        id,
        providerId: row.provider_id,
        continuation: JSON.parse(row.continuation) as Continuation,
        identity: JSON.parse(row.identity) as UpstreamIdentity,
      }
    },
    async spend(tx, id) {
      const result = await tx.db.deleteFrom('auth_upstream_sign_ins').where('id', '=', id).executeTakeFirst()
      return result.numDeletedRows > 0n
    },
  }
}
