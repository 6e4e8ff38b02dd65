import { contract, MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { type Route, route } from '@glia/http'
import { isUserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { checkTexts } from '../selection/index.ts'
import { selectionOf } from '../users/index.ts'
import type { Bulk } from './bulk.ts'
import { type BulkJob, findJobs } from './bulk-store.ts'

const DEFAULT_PER_SECOND = 20

export function bulkRoutes({ bulk }: { bulk: Bulk }): Route[] {
  const endpoints = contract.glia.bulk
  return [
    route(endpoints.startUserBulk, async ({ body, requester }) => {
      const { action, user_ids: ids, select } = body
      if (ids === undefined && select === undefined) throw new MatrixError('M_MISSING_PARAM', 'user_ids or select is needed')
      if (select !== undefined && Object.keys(select).length === 0 && ids === undefined) {
        throw new MatrixError('M_INVALID_PARAM', 'select has no condition: that would be every user')
      }
      const wrong = ids?.find((id) => !isUserId(id))
      if (wrong !== undefined) throw new MatrixError('M_INVALID_PARAM', `${wrong} is not a user id`)
      checkTexts(select ?? {})
      const parameters = {
        selection: selectionOf(select ?? {}, ids),
        includesAdmins: body.include_admins ?? false,
        perSecond: body.per_second ?? DEFAULT_PER_SECOND,
      }
      const request = { action, parameters, createdBy: requester.userId }
      if (body.dry_run) {
        const { actOn, skip, examples } = await bulk.preview(request)
        return { would: { act_on: actOn, skip, examples } }
      }
      return { job: toWire(await bulk.start(request)) }
    }),
    route(endpoints.listBulkJobs, async ({ query }) => {
      const found = await bulk.list({ before: query.from, limit: query.limit + 1 })
      const jobs = found.slice(0, query.limit)
      return { jobs: jobs.map(toWire), ...(found.length > jobs.length ? { next_token: jobs.at(-1)!.id } : {}) }
    }),
    route(endpoints.getBulkJob, async ({ params }) => toWire(await bulk.get(params.job_id))),
    route(endpoints.getBulkResults, async ({ params, query }) => {
      const found = await bulk.results(params.job_id, { outcome: query.outcome, after: query.from, limit: query.limit + 1 })
      const results = found.slice(0, query.limit)
      return {
        results: results.map(({ userId, outcome, error, atMs }) => ({ user_id: userId, outcome, error, at: atMs })),
        ...(found.length > results.length ? { next_token: results.at(-1)!.userId } : {}),
      }
    }),
    route(endpoints.setBulkState, async ({ params, body }) => toWire(await bulk.setState(params.job_id, body.state))),
  ]
}

/** As in the list, by id. */
export async function bulkJobsById(reads: Reads<HomeserverSchema>, ids: readonly string[]) {
  return new Map((await findJobs(reads, ids)).map((job) => [job.id, toWire(job)]))
}

function toWire(job: BulkJob) {
  return {
    job_id: job.id,
    action: job.action,
    state: job.state,
    created_by: job.createdBy,
    created_at: job.createdAtMs,
    changed_at: job.changedAtMs,
    done: job.done,
    failed: job.failed,
    skipped: job.skipped,
  }
}
