import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { TellAdmins } from '../admin-stream/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Tasks } from '../tasks/index.ts'
import { userSelector } from '../users/index.ts'
import {
  type BulkJob,
  type BulkOutcome,
  type BulkParameters,
  type BulkResult,
  type BulkState,
  changeState,
  findJob,
  insertJob,
  listJobs,
  listResults,
} from './bulk-store.ts'
import type { BulkAction } from './user-actions.ts'

/** Name of the task that works on one job. */
export const BULK_USERS_ACTION = 'bulk_users'

export interface BulkDeps {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
  readonly clock: Clock
  readonly random: Random
  readonly tellAdmins: TellAdmins
}

export interface BulkRequest {
  readonly action: BulkAction
  readonly parameters: BulkParameters
  readonly createdBy: UserId
}

/** One thing done to many users, with a result for each. */
export interface Bulk {
  start(request: BulkRequest): Promise<BulkJob>
  /** What `start` would do just now. */
  preview(request: BulkRequest): Promise<{ actOn: number; skip: number; examples: string[] }>
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

export function createBulk({ database, tasks, clock, random, tellAdmins }: BulkDeps): Bulk {
  const get = async (id: string): Promise<BulkJob> => {
    const job = await findJob(database.read, id)
    if (!job) throw new MatrixError('M_NOT_FOUND', 'There is no such bulk job')
    return job
  }

  return {
    get,
    async start({ action, parameters, createdBy }) {
      const id = makeUlid(clock, random)
      await database.transaction(async (tx) => {
        await insertJob(tx, { id, action, parameters, createdBy, createdAtMs: clock.nowMs() })
        await tasks.schedule(tx, { action: BULK_USERS_ACTION, resourceId: id })
        await tellAdmins(tx, 'bulk_job', id)
      })
      return get(id)
    },

    async preview({ parameters, createdBy }) {
      const { selection, includesAdmins } = parameters
      const actedOn = { ...selection, except: { userId: createdBy, privileged: !includesAdmins } }
      const actOn = await userSelector.count(database.read, actedOn)
      const examples = await userSelector.behindId(database.read, actedOn, '', EXAMPLES)
      return {
        actOn,
        skip: (await userSelector.count(database.read, selection)) - actOn,
        examples: examples.map(({ userId }) => userId),
      }
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
        if (changed && state === 'running') await tasks.schedule(tx, { action: BULK_USERS_ACTION, resourceId: id })
        if (changed) await tellAdmins(tx, 'bulk_job', id)
        return changed
      })
      if (!isChanged && job.state !== state) throw new MatrixError('M_INVALID_PARAM', `The job is ${job.state}, it cannot become ${state}`)
      return get(id)
    },
  }
}
