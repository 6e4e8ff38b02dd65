import { access } from '../access.ts'
import { dryRunQuery, orWould, wouldCounts } from '../dry-run.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, oneOf, optional, pathText, record, text, timestampMs, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const SOURCE = 'Synapse Admin API, "User Admin API", "Redact all the events of a user"'

export const redactUserEvents = endpoint({
  id: 'admin.users.redact',
  method: 'POST',
  path: '/_synapse/admin/v1/user/{user_id}/redact',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Redact what a user wrote, in the background',
  source: SOURCE,
  params: { user_id: userIdParam() },
  query: dryRunQuery,
  body: {
    rooms: list(text(), { description: 'empty: all rooms that the user is joined to or banned from' }),
    reason: optional(nullable(text({ description: 'put into each redaction' }))),
    limit: optional(
      nullable(integer({ maximum: Number.MAX_SAFE_INTEGER, description: 'in each room, so many of the newest events; default 1000' })),
    ),
    use_admin: optional(nullable(flag({ description: 'redact as the calling admin instead of as the user' }))),
    before_ts: optional(nullable(timestampMs({ maximum: Number.MAX_SAFE_INTEGER, description: 'ms; only events sent until then' }))),
    after_ts: optional(nullable(timestampMs({ maximum: Number.MAX_SAFE_INTEGER, description: 'ms; only events sent since then' }))),
  },
  response: orWould(Type.Object({ redact_id: text() }), wouldCounts.redaction),
  errors: ['M_UNKNOWN', 'M_INVALID_PARAM'],
})

export const getUserRedaction = endpoint({
  id: 'admin.users.redact_status',
  method: 'GET',
  path: '/_synapse/admin/v1/user/redact_status/{redact_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How the redaction of a user’s events is getting on',
  source: SOURCE,
  params: { redact_id: pathText() },
  response: Type.Object({
    status: oneOf(['scheduled', 'active', 'complete', 'failed']),
    failed_redactions: optional(record(text(), { description: 'event id → why it could not be redacted; when complete' })),
    error: optional(text({ description: 'when failed' })),
  }),
  errors: ['M_NOT_FOUND'],
})
