import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'
import { mediaIds, mediaSelection } from './media-selection.ts'
import { roomIds, roomSelection } from './room-selection.ts'
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
export const bulkRoomActions = ['block', 'unblock', 'delete', 'purge_history', 'make_admin'] as const
export const bulkMediaActions = ['quarantine', 'unquarantine', 'protect', 'unprotect', 'delete'] as const
export const bulkStates = ['running', 'paused', 'cancelled', 'complete', 'failed'] as const

export const bulkJob = Type.Object({
  job_id: text(),
  kind: oneOf(['users', 'rooms', 'media']),
  action: oneOf([...new Set([...bulkUserActions, ...bulkRoomActions, ...bulkMediaActions])]),
  state: oneOf(bulkStates),
  created_by: text(),
  created_at: timestampMs(),
  changed_at: timestampMs(),
  done: integer(),
  failed: integer(),
  skipped: integer({ description: 'users: admins, helpers, and whoever asked for it; media: protected, when to be quarantined' }),
})

const perSecond = optional(integer({ minimum: 1, maximum: 1000, description: 'how many a second at most; default 20' }))
const dryRun = optional(flag({ description: 'changes nothing; the answer has `would` instead of `job`' }))

const started = Type.Object({
  job: optional(bulkJob),
  would: optional(
    Type.Object({
      act_on: integer(),
      skip: integer(),
      local_members: optional(integer({ description: 'of the rooms' })),
      bytes: optional(integer({ description: 'of the media' })),
      examples: list(text(), { description: 'the first ones it would act on' }),
    }),
  ),
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
    per_second: perSecond,
    dry_run: dryRun,
  },
  response: started,
  errors: ['M_INVALID_PARAM', 'M_MISSING_PARAM'],
})

export const startRoomBulk = endpoint({
  ...common,
  id: 'glia.bulk.start_rooms',
  method: 'POST',
  path: '/_glia/admin/v1/bulk/rooms',
  summary: 'Does one thing to many rooms, as a job with a result for each; or says what it would do (`dry_run`)',
  body: {
    action: oneOf(bulkRoomActions),
    room_ids: roomIds,
    select: optional(Type.Object(roomSelection)),
    message: optional(text({ description: '`delete`: first message in the new room' })),
    room_name: optional(text({ description: '`delete`: name of the new room' })),
    new_room_user_id: optional(text({ description: '`delete`: makes a new room, to which the members are moved' })),
    block: optional(flag({ description: '`delete`: nobody can come back; default false' })),
    purge: optional(flag({ description: '`delete`: the data goes, too; default true' })),
    before: optional(timestampMs({ description: '`purge_history`: messages that came in before that; needed there' })),
    delete_local_events: optional(flag({ description: '`purge_history`: also messages of local users; default false' })),
    user_id: optional(text({ description: '`make_admin`: who; needed there' })),
    per_second: perSecond,
    dry_run: dryRun,
  },
  response: started,
  errors: ['M_INVALID_PARAM', 'M_MISSING_PARAM'],
})

export const startMediaBulk = endpoint({
  ...common,
  id: 'glia.bulk.start_media',
  method: 'POST',
  path: '/_glia/admin/v1/bulk/media',
  summary: 'Does one thing to many files, as a job with a result for each; or says what it would do (`dry_run`)',
  body: {
    action: oneOf(bulkMediaActions),
    media_ids: mediaIds,
    select: optional(Type.Object(mediaSelection)),
    per_second: perSecond,
    dry_run: dryRun,
  },
  response: started,
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
  summary: 'What became of each user, room or file, by its id',
  params,
  query: {
    outcome: optional(oneOf(['done', 'failed', 'skipped'])),
    from: optional(text({ description: '`next_token` of the page before' })),
    limit: integer({ default: 100, minimum: 1, maximum: 1000 }),
  },
  response: Type.Object({
    results: list(
      Type.Object({
        user_id: optional(text()),
        room_id: optional(text()),
        media_id: optional(text()),
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
