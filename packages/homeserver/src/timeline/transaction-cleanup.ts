import type { Database } from '@glia/database'
import { type CleanUp, type Clock, createCleanUp, type Logger } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { forgetOldTransactions } from './transactions.ts'

const EVERY_MS = 60 * 60 * 1000
const BATCH = 500

/** Forgets old transaction ids from time to time. */
export function createTransactionCleanup(deps: { database: Database<HomeserverSchema>; clock: Clock; logger: Logger }): CleanUp {
  const { database, clock, logger } = deps
  return createCleanUp({
    clock,
    everyMs: EVERY_MS,
    steps: [async () => (await database.transaction((tx) => forgetOldTransactions(tx, clock.nowMs(), BATCH))) === BATCH],
    onError: (error) => logger.warn({ err: error }, 'old transaction ids could not be forgotten'),
  })
}
