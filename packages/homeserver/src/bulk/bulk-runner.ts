import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock, Logger } from '@glia/platform'
import { Seldom, type TellAdmins } from '../admin-stream/index.ts'
import type { AuditedChange } from '../audit/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type TaskContext, TaskLostError, type TaskRunner } from '../tasks/index.ts'
import type { BulkItem, BulkKinds } from './bulk-kind.ts'
import { type BulkJob, type BulkOutcome, changeState, findJob, findState, settleItem } from './bulk-store.ts'

export interface BulkRunnerDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly logger: Logger
  readonly kinds: BulkKinds
  /** Writes into the audit log what a job did to an item. */
  readonly recordChange: (tx: Transaction<HomeserverSchema>, change: AuditedChange) => Promise<void>
  readonly tellAdmins: TellAdmins
}

const ITEMS_AT_ONCE = 50

/**
 * Works on a bulk job, item by item in the order of their ids, until there are no more or the job is no longer to run. An item whose result was
 * not written when the server stopped is acted on again.
 */
export function bulkRunner(deps: BulkRunnerDeps): TaskRunner {
  const { database, clock, logger, tellAdmins } = deps
  const progress = new Seldom(clock)
  return async ({ resourceId }, context) => {
    for (;;) {
      const job = await findJob(database.read, resourceId ?? '')
      if (job?.state !== 'running') return { state: job?.state ?? 'gone' }
      const items = await deps.kinds[job.kind].behind(database.read, job, job.lastItemId, ITEMS_AT_ONCE)
      if (items.length === 0) {
        await database.transaction(async (tx) => {
          await changeState(tx, job.id, { from: ['running'], to: 'complete', atMs: clock.nowMs() })
          await tellAdmins(tx, 'bulk_job', job.id)
        })
        progress.forget(job.id)
        continue
      }
      for (const item of items) {
        context.signal.throwIfAborted()
        if ((await findState(database.read, job.id)) !== 'running') break
        await settle(job, item, context)
        await pause(1000 / job.parameters.perSecond, context.signal)
      }
    }
  }

  async function settle(job: BulkJob, item: BulkItem, context: TaskContext): Promise<void> {
    const { id: itemId } = item
    const kind = deps.kinds[job.kind]
    const write = async (tx: Transaction<HomeserverSchema>, outcome: BulkOutcome, error: string | null) => {
      await settleItem(tx, job.id, { itemId, outcome, error, atMs: clock.nowMs() })
      if (progress.isDue(job.id)) await tellAdmins(tx, 'bulk_job', job.id)
      // fails, and undoes the step, when another process has taken the work over
      await context.saveProgress({ last_item_id: itemId }, tx)
    }
    if (item.isSpared) return database.transaction((tx) => write(tx, 'skipped', null))
    try {
      const settled = async (tx: Transaction<HomeserverSchema>) => {
        await deps.recordChange(tx, {
          operation: `bulk.${job.kind}.${job.action}`,
          actor: job.createdBy,
          target: kind.target(itemId),
          request: { job_id: job.id },
        })
        await write(tx, 'done', null)
      }
      await kind.act(job, itemId, settled, context.signal)
    } catch (error) {
      if (context.signal.aborted || error instanceof TaskLostError) throw error
      const isRefusal = error instanceof MatrixError
      if (!isRefusal) logger.error({ err: error, job: job.id, item: itemId }, 'a bulk action failed')
      const message = isRefusal ? `${error.errcode}: ${error.message}` : 'Internal server error'
      await database.transaction((tx) => write(tx, 'failed', message))
    }
  }

  function pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel()
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const cancel = clock.after(ms, wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}
