import { contract, MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { type Route, route } from '@glia/http'
import { isUserId } from '@glia/protocol'
import { mediaSelectionOf } from '../media/index.ts'
import { roomSelectionOf } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkTexts } from '../selection/index.ts'
import { selectionOf } from '../users/index.ts'
import type { Bulk } from './bulk.ts'
import type { BulkPlan } from './bulk-kind.ts'
import { type BulkJob, type BulkParameters, findJobs } from './bulk-store.ts'
import type { BulkMediaAction } from './media-actions.ts'
import type { BulkRoomAction } from './room-actions.ts'
import type { BulkUserAction } from './user-actions.ts'

const DEFAULT_PER_SECOND = 20

export function bulkRoutes({ bulk }: { bulk: Bulk }): Route[] {
  const endpoints = contract.glia.bulk

  async function startOrPreview(
    plan: Omit<BulkPlan, 'parameters'>,
    selection: object,
    { per_second: perSecond = DEFAULT_PER_SECOND, dry_run: isDry = false }: { per_second?: number; dry_run?: boolean },
    more: Omit<BulkParameters, 'selection' | 'perSecond'> = {},
  ) {
    const whole = { ...plan, parameters: { selection, perSecond, ...more } }
    if (!isDry) return { job: toWire(await bulk.start(whole)) }
    const { actOn, skip, amount = 0, examples } = await bulk.preview(whole)
    const amounts = { users: {}, rooms: { local_members: amount }, media: { bytes: amount } }
    return { would: { act_on: actOn, skip, ...amounts[plan.kind], examples } }
  }

  return [
    route(endpoints.startUserBulk, ({ body, requester }) => {
      checkChoice(body.user_ids, body.select, 'user_ids')
      const wrong = body.user_ids?.find((id) => !isUserId(id))
      if (wrong !== undefined) throw new MatrixError('M_INVALID_PARAM', `${wrong} is not a user id`)
      const selection = selectionOf(body.select ?? {}, body.user_ids)
      const more = { includesAdmins: body.include_admins ?? false }
      return startOrPreview({ kind: 'users', action: body.action, createdBy: requester.userId }, selection, body, more)
    }),
    route(endpoints.startRoomBulk, ({ body, requester }) => {
      const { action, room_ids: ids, select, per_second: _pace, dry_run: _dry, ...details } = body
      checkChoice(ids, select, 'room_ids')
      checkTexts(details)
      if (action === 'purge_history' && details.before === undefined) throw new MatrixError('M_MISSING_PARAM', 'before is needed')
      if (action === 'make_admin' && !isUserId(details.user_id ?? '')) throw new MatrixError('M_INVALID_PARAM', 'user_id must be a user id')
      const selection = roomSelectionOf(select ?? {}, ids)
      return startOrPreview({ kind: 'rooms', action, createdBy: requester.userId }, selection, body, { details })
    }),
    route(endpoints.startMediaBulk, ({ body, requester }) => {
      checkChoice(body.media_ids, body.select, 'media_ids')
      const selection = mediaSelectionOf(body.select ?? {}, body.media_ids)
      return startOrPreview({ kind: 'media', action: body.action, createdBy: requester.userId }, selection, body)
    }),
    route(endpoints.listBulkJobs, async ({ query }) => {
      const found = await bulk.list({ before: query.from, limit: query.limit + 1 })
      const jobs = found.slice(0, query.limit)
      return { jobs: jobs.map(toWire), ...(found.length > jobs.length ? { next_token: jobs.at(-1)!.id } : {}) }
    }),
    route(endpoints.getBulkJob, async ({ params }) => toWire(await bulk.get(params.job_id))),
    route(endpoints.getBulkResults, async ({ params, query }) => {
      const { kind } = await bulk.get(params.job_id)
      const found = await bulk.results(params.job_id, { outcome: query.outcome, after: query.from, limit: query.limit + 1 })
      const results = found.slice(0, query.limit)
      return {
        results: results.map(({ itemId, outcome, error, atMs }) => ({ [ID_FIELDS[kind]]: itemId, outcome, error, at: atMs })),
        ...(found.length > results.length ? { next_token: results.at(-1)!.itemId } : {}),
      }
    }),
    route(endpoints.setBulkState, async ({ params, body }) => toWire(await bulk.setState(params.job_id, body.state))),
  ]
}

const ID_FIELDS = { users: 'user_id', rooms: 'room_id', media: 'media_id' } as const

/** @throws MatrixError M_MISSING_PARAM, M_INVALID_PARAM: everything would be chosen, or texts that no database keeps */
function checkChoice(ids: readonly string[] | undefined, select: object | undefined, name: string): void {
  if (ids === undefined && select === undefined) throw new MatrixError('M_MISSING_PARAM', `${name} or select is needed`)
  if (ids === undefined && Object.keys(select!).length === 0)
    throw new MatrixError('M_INVALID_PARAM', 'select has no condition: that would be all')
  checkTexts({ ...select, ...Object.fromEntries(Object.entries(ids ?? [])) })
}

/** As in the list, by id. */
export async function bulkJobsById(reads: Reads<HomeserverSchema>, ids: readonly string[]) {
  return new Map((await findJobs(reads, ids)).map((job) => [job.id, toWire(job)]))
}

function toWire(job: BulkJob) {
  return {
    job_id: job.id,
    kind: job.kind,
    action: job.action as BulkUserAction | BulkRoomAction | BulkMediaAction,
    state: job.state,
    created_by: job.createdBy,
    created_at: job.createdAtMs,
    changed_at: job.changedAtMs,
    done: job.done,
    failed: job.failed,
    skipped: job.skipped,
  }
}
