import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, nullable, oneOf, optional, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const status = oneOf(['scheduled', 'active', 'complete', 'failed', 'cancelled'])

export const scheduledTask = Type.Object({
  id: text(),
  action: text(),
  status,
  timestamp_ms: timestampMs({ description: 'planned start while scheduled, else the last change' }),
  resource_id: nullable(text()),
  result: nullable(anyObject()),
  error: nullable(text()),
})

export const listScheduledTasks = endpoint({
  id: 'admin.scheduled_tasks.list',
  method: 'GET',
  path: '/_synapse/admin/v1/scheduled_tasks',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Long work and its outcome, oldest change first',
  source: 'Synapse Admin API, "Show scheduled tasks"',
  query: {
    action_name: optional(text()),
    resource_id: optional(text()),
    status: optional(status),
    job_status: optional(oneOf(['scheduled', 'active', 'complete', 'failed', 'cancelled'], { description: 'old name of `status`' })),
    max_timestamp: optional(integer({ minimum: 0, description: 'ms' })),
  },
  response: Type.Object({ scheduled_tasks: list(scheduledTask) }),
})
