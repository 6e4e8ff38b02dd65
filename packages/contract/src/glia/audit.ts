import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, nullable, oneOf, optional, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Glia, docs/audit-log.md'

export const auditOutcomes = ['done', 'refused', 'failed', 'unknown'] as const

const filters = {
  actor: optional(text({ description: 'who did it: a user id' })),
  operation: optional(text({ description: 'endpoint id; one that ends in `.` stands for all that begin so: `admin.rooms.`' })),
  target: optional(text({ description: 'on whom or what: a user id, room id, …' })),
  outcome: optional(oneOf(auditOutcomes)),
  since: optional(timestampMs()),
  until: optional(timestampMs({ description: 'ms since 1970-01-01 UTC, not included' })),
}

export const auditRecord = Type.Object({
  id: text({ description: 'sorts by time' }),
  at: timestampMs(),
  operation: text({ description: 'endpoint id, or `local.…` for what was done with the server’s own command line' }),
  actor: Type.Object({
    user_id: nullable(text()),
    client_id: nullable(text({ description: 'an OAuth client that acts for itself' })),
    session_id: nullable(text()),
    token: oneOf(['legacy', 'oauth', 'puppet', 'personal', 'appservice', 'client', 'none'], {
      description: 'what kind of token it came with',
    }),
    ip: nullable(text()),
    user_agent: nullable(text()),
  }),
  target: nullable(Type.Object({ kind: text(), id: text() })),
  request: anyObject({ description: 'path, query and body as far as the contract names them, without secrets' }),
  before: nullable(anyObject({ description: 'of what the change changed; null where nothing is known' })),
  after: nullable(anyObject()),
  outcome: oneOf(auditOutcomes, { description: '`unknown`: the server stopped before it was over' }),
  status: nullable(integer({ description: 'HTTP status' })),
  errcode: nullable(text()),
})

export const listAuditLog = endpoint({
  id: 'glia.audit_log.list',
  method: 'GET',
  path: '/_glia/admin/v1/audit_log',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'What admins changed, newest first',
  source,
  query: {
    ...filters,
    from: optional(text({ description: '`next_token` of the page before' })),
    limit: integer({ default: 100, minimum: 1, maximum: 1000 }),
  },
  response: Type.Object({ records: list(auditRecord), next_token: optional(text()) }),
})

export const exportAuditLog = endpoint({
  id: 'glia.audit_log.export',
  method: 'GET',
  path: '/_glia/admin/v1/audit_log/export',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'The same records as the list, all of them, oldest first, one JSON object a line (NDJSON)',
  source,
  query: filters,
  produces: 'binary',
})
