import { MatrixError } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { Requester } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { DelayTimer, type DelayTimerDeps, LEASE_MS } from './delay-timer.ts'
import {
  claim,
  type DelayedEventRow,
  deleteDelayedEvent,
  deleteDelayedEventsOf,
  findDelayedEvent,
  isOvertaken,
  listDelayedEvents,
  restartDelayedEvent,
} from './delayed-event-store.ts'
import { type EventToDelay, type ScheduleDeps, scheduleEvent } from './schedule-event.ts'

/** Events that are sent later, unless their client puts that off (MSC4140). Knowing the id of one is enough to act on it. */
export interface DelayedEvents {
  /** @returns the id under which the event waits. @throws MatrixError as `scheduleEvent` */
  schedule(requester: Requester, event: EventToDelay): Promise<string>
  /** Those of a user that wait, in the order in which they will be sent. */
  list(userId: UserId): Promise<DelayedEventRow[]>
  /** One of a user that waits. @throws MatrixError M_NOT_FOUND, also for those of others */
  get(userId: UserId, delayId: string): Promise<DelayedEventRow>
  /** Lets the delay begin anew. @throws MatrixError M_NOT_FOUND */
  restart(delayId: string): Promise<void>
  /** The event is not sent. @throws MatrixError M_NOT_FOUND */
  cancel(delayId: string): Promise<void>
  /** Sends the event now; it does not wait any more, even if it is refused. @throws MatrixError M_NOT_FOUND, and those of sending */
  send(delayId: string): Promise<void>
  /** Forgets what a user wanted to send, as when the account is deactivated. */
  deleteAll(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
  /** Begins to send what is due: first what became due while nothing ran. */
  start(): Promise<void>
  stop(): Promise<void>
}

export type DelayedEventsDeps = ScheduleDeps & DelayTimerDeps

export function createDelayedEvents(deps: DelayedEventsDeps): DelayedEvents {
  const { database, clock } = deps
  const timer = new DelayTimer(deps)

  /** @throws MatrixError M_NOT_FOUND, also if another user has changed the state since: then the event is gone */
  const requireWaiting = async (db: Reads<HomeserverSchema>, delayId: string): Promise<DelayedEventRow> => {
    const row = await findDelayedEvent(db, delayId)
    if (!row || (await isOvertaken(db, row))) throw notFound()
    return row
  }

  return {
    async schedule(requester, event) {
      const { delayId, sendAtMs } = await scheduleEvent(deps, requester, event)
      if (sendAtMs !== undefined) timer.wakeAt(sendAtMs)
      return delayId
    },
    async list(userId) {
      const rows = await listDelayedEvents(database.read, userId)
      const overtaken = await Promise.all(rows.map((row) => isOvertaken(database.read, row)))
      return rows.filter((_, index) => !overtaken[index])
    },
    async get(userId, delayId) {
      const row = await requireWaiting(database.read, delayId)
      if (row.user_id !== userId) throw notFound()
      return row
    },
    async restart(delayId) {
      const sendAtMs = await database.transaction(async (tx) => {
        const row = await requireWaiting(tx.db, delayId)
        const nowMs = clock.nowMs()
        if (!(await restartDelayedEvent(tx, row, nowMs))) throw notFound()
        return nowMs + row.delay_ms
      })
      timer.wakeAt(sendAtMs)
    },
    async cancel(delayId) {
      await database.transaction(async (tx) => {
        await requireWaiting(tx.db, delayId)
        // whoever is the first to claim or to delete it has it
        const row = await claim(tx, delayId, clock.nowMs())
        if (!row) throw notFound()
        await deleteDelayedEvent(tx, delayId)
      })
    },
    async send(delayId) {
      const row = await database.transaction(async (tx) => {
        await requireWaiting(tx.db, delayId)
        return claim(tx, delayId, clock.nowMs() + LEASE_MS)
      })
      if (!row) throw notFound()
      await timer.deliver(row)
    },
    deleteAll: deleteDelayedEventsOf,
    start: () => timer.start(),
    stop: () => timer.stop(),
  }
}

function notFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'Delayed event not found')
}
