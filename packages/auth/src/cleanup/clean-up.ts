import type { Database, Transaction } from '@glia/database'
import type { Clock, Logger } from '@glia/platform'
import type { AuthSchema } from '../schema.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
/** At most this many rows of a table in one transaction, so that nobody waits long for it. */
const BATCH = 500

/** Removes what has ended long enough ago (periods as in MAS, see `steps`). */
export interface AuthCleanup {
  /** Runs every hour from now on. */
  start(): void
  run(): Promise<void>
  stop(): Promise<void>
}

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
  // until then a second use is noticed as a replay
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_refresh_tokens').where('token_hash', 'in', (from) =>
        from
          .selectFrom('auth_refresh_tokens as spent')
          .select('spent.token_hash')
          .where('spent.consumed_at_ms', '<', nowMs - DAY_MS)
          .limit(BATCH),
      ),
    ),
  removeFinishedSessions,
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_browser_sessions').where('id', 'in', (from) =>
        from
          .selectFrom('auth_browser_sessions as over')
          .select('over.id')
          .where('over.finished_at_ms', '<', nowMs - 30 * DAY_MS)
          .limit(BATCH),
      ),
    ),
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
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_authorization_grants').where('id', 'in', (from) =>
        from
          .selectFrom('auth_authorization_grants as old')
          .select('old.id')
          .where('old.created_at_ms', '<', nowMs - 7 * DAY_MS)
          .limit(BATCH),
      ),
    ),
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_device_grants').where('id', 'in', (from) =>
        from
          .selectFrom('auth_device_grants as old')
          .select('old.id')
          .where('old.created_at_ms', '<', nowMs - 7 * DAY_MS)
          .limit(BATCH),
      ),
    ),
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_email_validations').where('sid', 'in', (from) =>
        from
          .selectFrom('auth_email_validations as old')
          .select('old.sid')
          .where('old.expires_at_ms', '<', nowMs - DAY_MS)
          .limit(BATCH),
      ),
    ),
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_email_codes').where('id', 'in', (from) =>
        from
          .selectFrom('auth_email_codes as old')
          .select('old.id')
          .where('old.expires_at_ms', '<', nowMs - DAY_MS)
          .limit(BATCH),
      ),
    ),
  (tx, nowMs) =>
    removed(
      tx.db.deleteFrom('auth_recovery_tickets').where('ticket_hash', 'in', (from) =>
        from
          .selectFrom('auth_recovery_tickets as old')
          .select('old.ticket_hash')
          .where('old.expires_at_ms', '<', nowMs - DAY_MS)
          .limit(BATCH),
      ),
    ),
]

export function createAuthCleanup(deps: { database: Database<AuthSchema>; clock: Clock; logger: Logger }): AuthCleanup {
  const { database, clock, logger } = deps
  let cancel: (() => void) | undefined
  let running: Promise<void> = Promise.resolve()
  let isStopped = false

  const run = async () => {
    for (const step of steps) {
      let count = BATCH
      while (count >= BATCH && !isStopped) count = await database.transaction((tx) => step(tx, clock.nowMs()))
    }
  }
  const start = () => {
    cancel = clock.after(HOUR_MS, () => {
      running = run().catch((error) => logger.warn({ err: error }, 'clean-up of sessions failed'))
      start()
    })
  }
  return {
    start,
    run,
    async stop() {
      isStopped = true
      cancel?.()
      await running
    },
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
