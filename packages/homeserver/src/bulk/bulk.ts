import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { TellAdmins } from '../admin-stream/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Tasks } from '../tasks/index.ts'
import type { BulkCounts, BulkKinds, BulkPlan } from './bulk-kind.ts'
import {
  type BulkJob,
  type BulkOutcome,
  type BulkResult,
  type BulkState,
  changeState,
  findJob,
  insertJob,
  listJobs,
  listResults,
} from './bulk-store.ts'

/** Name of the task that works on one job: of users, as it was before there were others. */
export const BULK_ACTION = 'bulk_users'

export interface BulkDeps {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
  readonly clock: Clock
  readonly random: Random
  readonly tellAdmins: TellAdmins
  readonly kinds: BulkKinds
}

export interface BulkPreview extends BulkCounts {
  /** The first ones. */
  readonly examples: string[]
}

/** One thing done to many users, rooms or files, with a result for each. */
export interface Bulk {
  start(plan: BulkPlan): Promise<BulkJob>
  /** What `start` would do just now. */
  preview(plan: BulkPlan): Promise<BulkPreview>
  /** @throws MatrixError M_NOT_FOUND */
  get(id: string): Promise<BulkJob>
  list(page: { before: string | undefined; limit: number }): Promise<BulkJob[]>
  /** @throws MatrixError M_NOT_FOUND */
  results(id: string, page: { outcome: BulkOutcome | undefined; after: string | undefined; limit: number }): Promise<BulkResult[]>
  /** @throws MatrixError M_NOT_FOUND; M_INVALID_PARAM: it is over */
  setState(id: string, state: 'running' | 'paused' | 'cancelled'): Promise<BulkJob>
}

const EXAMPLES = 20
const FROM: Readonly<Record<'running' | 'paused' | 'cancelled', readonly BulkState[]>> = {
  running: ['paused', 'failed'],
  paused: ['running'],
  cancelled: ['running', 'paused', 'failed'],
}

export function createBulk({ database, tasks, clock, random, tellAdmins, kinds }: BulkDeps): Bulk {
  const get = async (id: string): Promise<BulkJob> => {
    const job = await findJob(database.read, id)
    if (!job) throw new MatrixError('M_NOT_FOUND', 'There is no such bulk job')
    return job
  }

  return {
    get,
    async start({ kind, action, parameters, createdBy }) {
      const id = makeUlid(clock, random)
      await database.transaction(async (tx) => {
        await insertJob(tx, { id, kind, action, parameters, createdBy, createdAtMs: clock.nowMs() })
        await tasks.schedule(tx, { action: BULK_ACTION, resourceId: id })
        await tellAdmins(tx, 'bulk_job', id)
      })
      return get(id)
    },

    async preview(plan) {
      const { counts, examples } = kinds[plan.kind]
      return { ...(await counts(database.read, plan)), examples: await examples(database.read, plan, EXAMPLES) }
    },

    list: (page) => listJobs(database.read, page),

    async results(id, page) {
      await get(id)
      return listResults(database.read, id, page)
    },

    async setState(id, state) {
      const job = await get(id)
      const isChanged = await database.transaction(async (tx) => {
        const changed = await changeState(tx, id, { from: FROM[state], to: state, atMs: clock.nowMs() })
        if (changed && state === 'running') await tasks.schedule(tx, { action: BULK_ACTION, resourceId: id })
        if (changed) await tellAdmins(tx, 'bulk_job', id)
        return changed
      })
      if (!isChanged && job.state !== state) throw new MatrixError('M_INVALID_PARAM', `The job is ${job.state}, it cannot become ${state}`)
      return get(id)
    },
  }
}
