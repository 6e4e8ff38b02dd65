import type { Database } from '@glia/database'
import { type Clock, createRepeating, type Logger } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { forgetOldTransactions } from './transactions.ts'

/** Forgets old transaction ids from time to time. */
export interface TransactionCleanup {
  start(): void
  /** Once, now. */
  run(): Promise<void>
  stop(): Promise<void>
}

const EVERY_MS = 60 * 60 * 1000
const BATCH = 500

export function createTransactionCleanup(deps: { database: Database<HomeserverSchema>; clock: Clock; logger: Logger }): TransactionCleanup {
  const { database, clock, logger } = deps
  let isStopped = false

  const run = async () => {
    let count = BATCH
    while (count >= BATCH && !isStopped) count = await database.transaction((tx) => forgetOldTransactions(tx, clock.nowMs(), BATCH))
  }
  const repeating = createRepeating({
    clock,
    everyMs: EVERY_MS,
    work: run,
    onError: (error) => logger.warn({ err: error }, 'old transaction ids could not be forgotten'),
  })
  return {
    start: repeating.start,
    run,
    stop() {
      isStopped = true
      return repeating.stop()
    },
  }
}
