import type { Database, Transaction } from '@glia/database'
import { type CleanUp, type Clock, createCleanUp, type Logger } from '@glia/platform'
import { sql } from 'kysely'
import type { AuthSchema } from '../schema.ts'
import { destroySigningKeys, RETIRED_KEY_KEPT_MS } from '../signing-keys/index.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
/** At most this many rows of a table in one transaction, so that nobody waits long for it. */
const BATCH = 500

type Step = (tx: Transaction<AuthSchema>, nowMs: number) => Promise<number>

/** Each removes one batch and says how many rows it was. */
const steps: readonly Step[] = [
  // a superseded token; the newest of a session stays, so that its holder is told to refresh and not that it is logged out
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_access_tokens').where('token_hash', 'in', (from) =>
        from
          .selectFrom('auth_access_tokens as old')
          .select('old.token_hash')
          .where('old.expires_at_ms', '<', nowMs - DAY_MS)
          .where(({ exists, selectFrom }) =>
            exists(
              selectFrom('auth_access_tokens as newer')
                .select('newer.id')
                .whereRef('newer.session_id', '=', 'old.session_id')
                .whereRef('newer.id', '>', 'old.id'),
            ),
          )
          .limit(BATCH),
      ),
    ),
  removeFinishedSessions,
  // who was signed in by way of a provider, in browsers that are gone
  (tx) =>
    removed(
      tx.db
        .deleteFrom('auth_upstream_logins')
        .where('browser_session_id', 'in', (from) =>
          from
            .selectFrom('auth_upstream_logins as gone')
            .leftJoin('auth_browser_sessions as browser', 'browser.id', 'gone.browser_session_id')
            .select('gone.browser_session_id')
            .where('browser.id', 'is', null)
            .limit(BATCH),
        ),
    ),
  removeAfter(30 * DAY_MS, { table: 'auth_browser_sessions', key: 'id', since: 'finished_at_ms' }),
  removeAfter(7 * DAY_MS, { table: 'auth_authorization_grants', key: 'id', since: 'created_at_ms' }),
  removeAfter(7 * DAY_MS, { table: 'auth_device_grants', key: 'id', since: 'created_at_ms' }),
  // until then a second use is noticed as a replay
  removeAfter(DAY_MS, { table: 'auth_refresh_tokens', key: 'token_hash', since: 'consumed_at_ms' }),
  removeAfter(DAY_MS, { table: 'auth_email_validations', key: 'sid', since: 'expires_at_ms' }),
  removeAfter(DAY_MS, { table: 'auth_email_codes', key: 'id', since: 'expires_at_ms' }),
  (tx, nowMs) => destroySigningKeys(tx, nowMs - RETIRED_KEY_KEPT_MS),
  removeAfter(0, { table: 'auth_client_assertions', key: 'id_hash', since: 'expires_at_ms' }),
  removeAfter(DAY_MS, { table: 'auth_recovery_tickets', key: 'ticket_hash', since: 'expires_at_ms' }),
]

/** Removes every hour what has ended long enough ago (periods as in MAS, see `steps`). */
export function createAuthCleanup(deps: { database: Database<AuthSchema>; clock: Clock; logger: Logger }): CleanUp {
  const { database, clock, logger } = deps
  return createCleanUp({
    clock,
    everyMs: HOUR_MS,
    steps: steps.map((step) => async () => (await database.transaction((tx) => step(tx, clock.nowMs()))) >= BATCH),
    onError: (error) => logger.warn({ err: error }, 'clean-up of sessions failed'),
  })
}

/** A step that removes rows so long after the time in the column `since`; null: never. The column has an index. */
function removeAfter(ageMs: number, { table, key, since }: { table: keyof AuthSchema; key: string; since: string }): Step {
  return async (tx, nowMs) => {
    const { numAffectedRows } = await sql`
      DELETE FROM ${sql.table(table)} WHERE ${sql.ref(key)} IN (
        SELECT ${sql.ref(key)} FROM ${sql.table(table)} WHERE ${sql.ref(since)} < ${nowMs - ageMs} LIMIT ${BATCH}
      )`.execute(tx.db)
    return Number(numAffectedRows ?? 0)
  }
}

/** Sessions that ended 30 days ago, with their tokens. */
async function removeFinishedSessions(tx: Transaction<AuthSchema>, nowMs: number): Promise<number> {
  const rows = await tx.db
    .selectFrom('auth_sessions')
    .select('id')
    .where('finished_at_ms', '<', nowMs - 30 * DAY_MS)
    .limit(BATCH)
    .execute()
  if (rows.length === 0) return 0
  const ids = rows.map(({ id }) => id)
  await tx.db.deleteFrom('auth_access_tokens').where('session_id', 'in', ids).execute()
  await tx.db.deleteFrom('auth_refresh_tokens').where('session_id', 'in', ids).execute()
  return removed(tx.db.deleteFrom('auth_sessions').where('id', 'in', ids))
}

async function removed(query: { executeTakeFirst(): Promise<{ numDeletedRows: bigint } | undefined> }): Promise<number> {
  return Number((await query.executeTakeFirst())?.numDeletedRows ?? 0)
}
