import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'
import { userIds, userSelection } from './user-selection.ts'

const source = 'Glia, docs/bulk.md'
const common = { surface: 'glia', access: access.serverAdmin, source } as const
const params = { job_id: pathText() }
const errors = ['M_NOT_FOUND'] as const

export const bulkUserActions = [
  'lock',
  'unlock',
  'suspend',
  'unsuspend',
  'shadow_ban',
  'unshadow_ban',
  'log_out',
  'deactivate',
  'erase',
] as const
export const bulkStates = ['running', 'paused', 'cancelled', 'complete', 'failed'] as const

export const bulkJob = Type.Object({
  job_id: text(),
  action: oneOf(bulkUserActions),
  state: oneOf(bulkStates),
  created_by: text(),
  created_at: timestampMs(),
  changed_at: timestampMs(),
  done: integer(),
  failed: integer(),
  skipped: integer({ description: 'admins, helpers, and whoever asked for it' }),
})

export const startUserBulk = endpoint({
  ...common,
  id: 'glia.bulk.start_users',
  method: 'POST',
  path: '/_glia/admin/v1/bulk/users',
  summary: 'Does one thing to many users, as a job with a result for each; or says what it would do (`dry_run`)',
  body: {
    action: oneOf(bulkUserActions),
    user_ids: userIds,
    select: optional(Type.Object(userSelection)),
    include_admins: optional(flag({ description: 'also admins and helpers, but never who asks; default false' })),
    per_second: optional(integer({ minimum: 1, maximum: 1000, description: 'how many users a second at most; default 20' })),
    dry_run: optional(flag({ description: 'changes nothing; the answer has `would` instead of `job`' })),
  },
  response: Type.Object({
    job: optional(bulkJob),
    would: optional(
      Type.Object({
        act_on: integer({ description: 'users' }),
        skip: integer(),
        examples: list(text(), { description: 'the first users it would act on' }),
      }),
    ),
  }),
  errors: ['M_INVALID_PARAM', 'M_MISSING_PARAM'],
})

export const listBulkJobs = endpoint({
  ...common,
  id: 'glia.bulk.list',
  method: 'GET',
  path: '/_glia/admin/v1/bulk',
  summary: 'Bulk jobs, newest first',
  query: {
    from: optional(text({ description: '`next_token` of the page before' })),
    limit: integer({ default: 100, minimum: 1, maximum: 1000 }),
  },
  response: Type.Object({ jobs: list(bulkJob), next_token: optional(text()) }),
})

export const getBulkJob = endpoint({
  ...common,
  id: 'glia.bulk.get',
  method: 'GET',
  path: '/_glia/admin/v1/bulk/{job_id}',
  summary: 'How far a bulk job is',
  params,
  response: bulkJob,
  errors,
})

export const getBulkResults = endpoint({
  ...common,
  id: 'glia.bulk.results',
  method: 'GET',
  path: '/_glia/admin/v1/bulk/{job_id}/results',
  summary: 'What became of each user, by user id',
  params,
  query: {
    outcome: optional(oneOf(['done', 'failed', 'skipped'])),
    from: optional(text({ description: '`next_token` of the page before' })),
    limit: integer({ default: 100, minimum: 1, maximum: 1000 }),
  },
  response: Type.Object({
    results: list(
      Type.Object({
        user_id: text(),
        outcome: oneOf(['done', 'failed', 'skipped']),
        error: nullable(text()),
        at: timestampMs(),
      }),
    ),
    next_token: optional(text()),
  }),
  errors,
})

export const setBulkState = endpoint({
  ...common,
  id: 'glia.bulk.set_state',
  method: 'PUT',
  path: '/_glia/admin/v1/bulk/{job_id}/state',
  summary: 'Pauses a bulk job, lets it go on, or ends it; what is done stays done',
  params,
  body: { state: oneOf(['running', 'paused', 'cancelled']) },
  response: bulkJob,
  errors: [...errors, 'M_INVALID_PARAM'],
})
