import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { deleteOpenTasks, openTasks } from './task-store.ts'
import type { TaskRunner, Tasks } from './tasks.ts'

export interface RecurringJob {
  readonly everyMs: number
  readonly work: TaskRunner
}

/**
 * Work that comes back: a task for each job, which plans the next one at its end, whichever process does it. Its first time is one span from the
 * first start on; restarts change nothing about it.
 * @param jobs those of the configuration; the number of a job is the resource of its tasks
 */
export function createRecurring(
  deps: { readonly database: Database<HomeserverSchema>; readonly tasks: Tasks; readonly clock: Clock },
  action: string,
  jobs: readonly RecurringJob[],
): { start(): Promise<void> } {
  const { database, tasks, clock } = deps

  const plan = (tx: Transaction<HomeserverSchema>, number: number) =>
    tasks.schedule(tx, { action, resourceId: String(number), dueMs: clock.nowMs() + jobs[number]!.everyMs })

  const planNext = (number: number): Promise<void> =>
    database.transaction(async (tx) => {
      await tx.lock(`recurring ${action}`)
      const open = await openTasks(tx.db, action)
      if (!open.some((task) => task.resourceId === String(number) && task.status === 'scheduled')) await plan(tx, number)
    })

  if (jobs.length > 0) {
    tasks.register(action, async (task, context) => {
      const job = jobs[Number(task.resourceId)]
      if (!job) return { reason: 'it is not configured any more' }
      try {
        return await job.work(task, context)
      } finally {
        if (!context.signal.aborted) await planNext(Number(task.resourceId))
      }
    })
  }

  return {
    async start() {
      await database.transaction(async (tx) => {
        await tx.lock(`recurring ${action}`)
        const kept = new Set<string>()
        const outdated: string[] = []
        for (const { id, resourceId, status, timestampMs } of await openTasks(tx.db, action)) {
          const job = jobs[Number(resourceId)]
          if (job && (status === 'active' || timestampMs <= clock.nowMs() + job.everyMs)) kept.add(String(resourceId))
          else outdated.push(id)
        }
        await deleteOpenTasks(tx, outdated)
        for (const number of jobs.keys()) if (!kept.has(String(number))) await plan(tx, number)
      })
    },
  }
}
