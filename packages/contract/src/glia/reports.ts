import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, nullable, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Glia, docs/reports.md'
const common = { surface: 'glia', access: access.serverAdmin, source } as const

export const reportKinds = ['event', 'room', 'user'] as const
export const reportStates = ['new', 'in_progress', 'resolved', 'dismissed'] as const

const fields = {
  id: integer(),
  kind: oneOf(reportKinds),
  received_at: timestampMs(),
  reporter: text(),
  reason: nullable(text()),
  room_id: nullable(text({ description: 'of reports of events and rooms' })),
  event_id: nullable(text()),
  target_user_id: nullable(text({ description: 'the reported user, or the sender of the reported event' })),
  state: oneOf(reportStates),
  assignee: nullable(text({ description: 'the admin or helper who looks after it' })),
  changed_at: timestampMs({ description: 'when state or assignee last changed; ms since 1970-01-01 UTC' }),
}
export const report = Type.Object(fields)

export const listReports = endpoint({
  ...common,
  id: 'glia.reports.list',
  method: 'GET',
  path: '/_glia/admin/v1/reports',
  summary: 'Reports of events, rooms and users in one list, newest first',
  query: {
    kind: optional(oneOf(reportKinds)),
    state: optional(oneOf(reportStates)),
    assignee: optional(text({ description: 'a user id; `none`: of nobody' })),
    room_id: optional(text()),
    target_user_id: optional(text()),
    from: optional(integer({ minimum: 0, description: '`next_token` of the page before' })),
    limit: integer({ default: 100, minimum: 1, maximum: 1000 }),
  },
  response: Type.Object({ reports: list(report), next_token: optional(integer()) }),
})

export const countReports = endpoint({
  ...common,
  id: 'glia.reports.count',
  method: 'GET',
  path: '/_glia/admin/v1/reports/counts',
  summary: 'How many reports there are in each state',
  response: Type.Object({ new: integer(), in_progress: integer(), resolved: integer(), dismissed: integer() }),
})

const details = Type.Object({
  ...fields,
  event: nullable(anyObject({ description: 'the reported event as it is now; null where there is none (any more)' })),
  history: list(
    Type.Object({
      at: timestampMs(),
      user_id: text({ description: 'who did it' }),
      state: optional(oneOf(reportStates)),
      assignee: optional(nullable(text())),
      note: optional(text()),
    }),
    { description: 'oldest first' },
  ),
})

export const getReport = endpoint({
  ...common,
  id: 'glia.reports.get',
  method: 'GET',
  path: '/_glia/admin/v1/reports/{report_id}',
  summary: 'One report with its event and what was done about it',
  params: { report_id: pathText() },
  response: details,
  errors: ['M_INVALID_PARAM', 'M_NOT_FOUND'],
})

export const updateReport = endpoint({
  ...common,
  id: 'glia.reports.update',
  method: 'PUT',
  path: '/_glia/admin/v1/reports/{report_id}',
  summary: 'Changes state or assignee of a report, or adds a note',
  params: { report_id: pathText() },
  body: {
    state: optional(oneOf(reportStates)),
    assignee: optional(nullable(text({ description: 'an admin or helper; null: nobody' }))),
    note: optional(text({ maxLength: 10_000 })),
  },
  response: details,
  errors: ['M_INVALID_PARAM', 'M_MISSING_PARAM', 'M_NOT_FOUND'],
})
