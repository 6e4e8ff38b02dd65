import type { Database, Transaction } from '@glia/database'
import { type Clock, createRepeating, KeyedMutex, type Logger } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { claimCall, deleteCall, findFirstCall, type HomeserverCallRow, insertCall, listWaitingUsers, postponeCall } from './call-store.ts'
import type { HomeserverConnection } from './homeserver-connection.ts'
import type { HomeserverCallTables, HomeserverOperation } from './tables.ts'

/** Longer than a call may take. */
const CLAIM_MS = 60_000
const LOOK_EVERY_MS = 5_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000

/**
 * What the homeserver has to be told. A call is kept in the transaction that causes it and sent after it, again and again until the
 * homeserver takes it or refuses it for good. Calls about one user are sent one after another, in order: no device is deleted after it was
 * made anew.
 */
export interface HomeserverCalls {
  add(tx: Transaction<HomeserverCallTables>, userId: UserId, operation: HomeserverOperation, body: object): Promise<void>
  /** Resolves when the homeserver knows all there is about the user, or cannot be told now. */
  settle(userId: UserId): Promise<void>
  start(): void
  stop(): Promise<void>
}

export function createHomeserverCalls(deps: {
  database: Database<HomeserverCallTables>
  connection: HomeserverConnection
  clock: Clock
  logger: Logger
}): HomeserverCalls {
  const { database, connection, clock, logger } = deps
  const users = new KeyedMutex()
  const running = new Set<Promise<void>>()

  /** @returns whether the next one may follow */
  async function send(call: HomeserverCallRow): Promise<boolean> {
    const about = { operation: call.operation, user: call.user_id, attempt: call.attempts + 1 }
    const result = await connection.call(call.operation, JSON.parse(call.body)).catch((error) => {
      logger.warn({ ...about, err: error }, 'the homeserver cannot be reached; it will be told again')
      return undefined
    })
    if (result?.kind === 'again')
      logger.warn({ ...about, status: result.status }, 'the homeserver did not take a call; it will be told again')
    if (result === undefined || result.kind === 'again') {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 3 ** Math.min(call.attempts, 10), LONGEST_PAUSE_MS)
      await database.transaction((tx) => postponeCall(tx, call.position, clock.nowMs() + pauseMs))
      return false
    }
    if (result.kind === 'refused')
      logger.error({ ...about, status: result.status, errcode: result.errcode }, 'the homeserver refused a call')
    await database.transaction((tx) => deleteCall(tx, call.position))
    return true
  }

  const sendAll = (userId: string, options: { isImpatient: boolean }): Promise<void> =>
    users.run(userId, async () => {
      for (;;) {
        const call = await findFirstCall(database.read, userId)
        const nowMs = clock.nowMs()
        if (!call || (call.due_at_ms > nowMs && !options.isImpatient)) return
        if (!(await database.transaction((tx) => claimCall(tx, call, { nowMs, untilMs: nowMs + CLAIM_MS })))) return
        if (!(await send(call))) return
      }
    })

  const wake = (userId: string) => {
    const work = sendAll(userId, { isImpatient: false })
      .catch((error) => logger.error({ err: error }, 'the calls to the homeserver cannot be read'))
      .finally(() => running.delete(work))
    running.add(work)
  }
  const lookAtAll = createRepeating({
    clock,
    everyMs: LOOK_EVERY_MS,
    async work() {
      for (const userId of await listWaitingUsers(database.read)) wake(userId)
    },
    onError: (error) => logger.error({ err: error }, 'the calls to the homeserver cannot be read'),
  })

  return {
    async add(tx, userId, operation, body) {
      await insertCall(tx, {
        position: await tx.takePosition(),
        user_id: userId,
        operation,
        body: JSON.stringify(body),
        due_at_ms: clock.nowMs(),
        claimed_until_ms: 0,
        attempts: 0,
      })
      tx.afterCommit(() => wake(userId))
    },
    settle: (userId) => sendAll(userId, { isImpatient: true }),
    start: lookAtAll.start,
    async stop() {
      await lookAtAll.stop()
      await Promise.all(running)
    },
  }
}
