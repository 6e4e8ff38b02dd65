import type { Static } from 'typebox'
import { access } from '../access.ts'
import { scheduledTask } from '../admin/scheduled-tasks.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'
import { auditRecord } from './audit.ts'
import { bulkJob } from './bulk.ts'
import { report } from './reports.ts'
import { userSummary } from './users.ts'

/** What the events of the stream carry, by type: the same as in the list of each. */
const streamed = { audit: auditRecord, report, registration: userSummary, task: scheduledTask, bulk_job: bulkJob } as const

export const streamTypes = ['audit', 'report', 'registration', 'task', 'bulk_job'] as const
export type StreamType = (typeof streamTypes)[number]

/** An event of the stream. `id`: where to go on from; undefined before the first one. */
export type StreamEvent =
  | { readonly [T in StreamType]: { readonly type: T; readonly id: string; readonly data: Static<(typeof streamed)[T]> } }[StreamType]
  | { readonly type: 'report_deleted'; readonly id: string; readonly data: { readonly id: number } }
  /** What happened since is not known any more: read anew what you show. */
  | { readonly type: 'gap'; readonly id: string; readonly data: object }

export const openStream = endpoint({
  id: 'glia.stream.open',
  method: 'GET',
  path: '/_glia/admin/v1/stream',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'What happens from now on, as server-sent events: audit records, reports, registrations, tasks, bulk jobs',
  source: 'Glia, docs/stream.md',
  query: {
    types: optional(text({ description: `some of ${streamTypes.join(', ')}, with commas between; default: all that the caller may read` })),
    from: optional(text({ description: 'id of the last event that was received; as the header `Last-Event-ID`' })),
  },
  produces: 'binary',
  errors: ['M_INVALID_PARAM', 'M_LIMIT_EXCEEDED'],
})
