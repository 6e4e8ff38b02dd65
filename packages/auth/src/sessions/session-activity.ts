import type { Database } from '@glia/database'
import type { Origin } from '@glia/http'
import type { Clock, Logger } from '@glia/platform'
import type { SessionTables } from './tables.ts'

const WRITE_EVERY_MS = 30_000
const BATCH = 200

/** Remembers when and from where sessions were last used; writes it in batches, so that requests do not wait for it. */
export interface SessionActivity {
  record(sessionId: string, origin: Origin): void
  /** Writes what is remembered. Called by itself every half minute. */
  flush(): Promise<void>
  stop(): Promise<void>
}

export function createSessionActivity(deps: { database: Database<SessionTables>; clock: Clock; logger: Logger }): SessionActivity {
  const { database, clock, logger } = deps
  let pending = new Map<string, { atMs: number; origin: Origin }>()
  let cancel: (() => void) | undefined
  let writing: Promise<void> = Promise.resolve()

  const flush = async () => {
    const batch = [...pending]
    pending = new Map()
    for (let i = 0; i < batch.length; i += BATCH) {
      await database.transaction(async (tx) => {
        for (const [sessionId, { atMs, origin }] of batch.slice(i, i + BATCH)) {
          await tx.db
            .updateTable('auth_sessions')
            .set({ last_active_at_ms: atMs, last_active_ip: origin.ip, user_agent: origin.userAgent })
            .where('id', '=', sessionId)
            .execute()
        }
      })
    }
  }
  return {
    record(sessionId, origin) {
      pending.set(sessionId, { atMs: clock.nowMs(), origin })
      cancel ??= clock.after(WRITE_EVERY_MS, () => {
        cancel = undefined
        writing = flush().catch((error) => logger.warn({ err: error }, 'session activity could not be written'))
      })
    },
    flush,
    async stop() {
      cancel?.()
      await writing
      await flush()
    },
  }
}
