import type { Database, Transaction } from '@glia/database'
import type { Clock, Logger } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'

/**
 * Takes deactivated users out of their rooms. That may take long, so it goes on beside requests, and after a restart: who still has to
 * leave is noted in the transaction that deactivates.
 */
export interface Departures {
  /** Notes that the user has to leave everything. */
  note(tx: Transaction<UserTables>, userId: UserId): Promise<void>
  /** Begins, and waits a little: small accounts have left when it returns. */
  depart(userId: UserId): Promise<void>
  /** Goes on with what an earlier process left undone. */
  start(): Promise<void>
  stop(): Promise<void>
}

const PATIENCE_MS = 2_000

export function createDepartures(deps: {
  database: Database<UserTables>
  clock: Clock
  logger: Logger
  /** Ends every membership of the user; may be repeated. */
  leaveAllRooms: (userId: UserId) => Promise<void>
}): Departures {
  const { database, clock, logger, leaveAllRooms } = deps
  const running = new Map<UserId, Promise<void>>()
  let isStopping = false

  async function leave(userId: UserId): Promise<void> {
    try {
      await leaveAllRooms(userId)
      await database.transaction((tx) => tx.db.deleteFrom('user_departures').where('user_id', '=', userId).execute())
    } catch (error) {
      if (!isStopping)
        logger.error({ err: error, user: userId }, 'a deactivated user could not leave all rooms; the next start tries again')
    }
  }

  function begin(userId: UserId): Promise<void> {
    const known = running.get(userId)
    if (known) return known
    const work = leave(userId).finally(() => running.delete(userId))
    running.set(userId, work)
    return work
  }

  const patiently = (work: Promise<unknown>): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(PATIENCE_MS, resolve)
      void work.finally(() => {
        cancel()
        resolve()
      })
    })

  return {
    async note(tx, userId) {
      await tx.db
        .insertInto('user_departures')
        .values({ user_id: userId })
        .onConflict((conflict) => conflict.column('user_id').doNothing())
        .execute()
    },
    depart: (userId) => patiently(begin(userId)),
    async start() {
      const rows = await database.read.selectFrom('user_departures').select('user_id').orderBy('user_id').execute()
      void (async () => {
        for (const { user_id } of rows) if (!isStopping) await begin(user_id as UserId)
      })()
    },
    async stop() {
      isStopping = true
      await patiently(Promise.all(running.values()))
    },
  }
}
