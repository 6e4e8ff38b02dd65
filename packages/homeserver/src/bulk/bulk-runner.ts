import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock, Logger } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { Seldom, type TellAdmins } from '../admin-stream/index.ts'
import type { AuditedChange } from '../audit/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type TaskContext, TaskLostError, type TaskRunner } from '../tasks/index.ts'
import { type UserRecord, userSelector } from '../users/index.ts'
import { type BulkJob, type BulkOutcome, changeState, findJob, findState, settleUser } from './bulk-store.ts'
import type { ActOnUser, BulkAction } from './user-actions.ts'

export interface BulkRunnerDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly logger: Logger
  readonly actions: Readonly<Record<BulkAction, ActOnUser>>
  /** Writes into the audit log what a job did to a user. */
  readonly recordChange: (tx: Transaction<HomeserverSchema>, change: AuditedChange) => Promise<void>
  readonly tellAdmins: TellAdmins
}

const USERS_AT_ONCE = 50

/**
 * Works on a bulk job, user by user in the order of their ids, until there are no more or the job is no longer to run. A user whose result was
 * not written when the server stopped is acted on again.
 */
export function bulkRunner(deps: BulkRunnerDeps): TaskRunner {
  const { database, clock, logger, tellAdmins } = deps
  const progress = new Seldom(clock)
  return async ({ resourceId }, context) => {
    for (;;) {
      const job = await findJob(database.read, resourceId ?? '')
      if (job?.state !== 'running') return { state: job?.state ?? 'gone' }
      const users = await userSelector.behindId(database.read, job.parameters.selection, job.lastUserId, USERS_AT_ONCE)
      if (users.length === 0) {
        await database.transaction(async (tx) => {
          await changeState(tx, job.id, { from: ['running'], to: 'complete', atMs: clock.nowMs() })
          await tellAdmins(tx, 'bulk_job', job.id)
        })
        progress.forget(job.id)
        continue
      }
      for (const user of users) {
        context.signal.throwIfAborted()
        if ((await findState(database.read, job.id)) !== 'running') break
        await settle(job, user, context)
        await pause(1000 / job.parameters.perSecond, context.signal)
      }
    }
  }

  async function settle(job: BulkJob, user: UserRecord, context: TaskContext): Promise<void> {
    const { userId } = user
    const write = async (tx: Transaction<HomeserverSchema>, outcome: BulkOutcome, error: string | null) => {
      await settleUser(tx, job.id, { userId, outcome, error, atMs: clock.nowMs() })
      if (progress.isDue(job.id)) await tellAdmins(tx, 'bulk_job', job.id)
      // fails, and undoes the step, when another process has taken the work over
      await context.saveProgress({ last_user_id: userId }, tx)
    }
    if (isSpared(job, user)) return database.transaction((tx) => write(tx, 'skipped', null))
    try {
      await deps.actions[job.action](userId, async (tx) => {
        await deps.recordChange(tx, {
          operation: `bulk.users.${job.action}`,
          actor: job.createdBy,
          userId,
          request: { job_id: job.id },
        })
        await write(tx, 'done', null)
      })
    } catch (error) {
      if (context.signal.aborted || error instanceof TaskLostError) throw error
      const isRefusal = error instanceof MatrixError
      if (!isRefusal) logger.error({ err: error, job: job.id, user: userId }, 'a bulk action failed')
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

/** Whom a job leaves alone. */
function isSpared(job: { createdBy: UserId; parameters: { includesAdmins: boolean } }, user: UserRecord): boolean {
  return user.userId === job.createdBy || (!job.parameters.includesAdmins && (user.isAdmin || user.adminRole !== undefined))
}
