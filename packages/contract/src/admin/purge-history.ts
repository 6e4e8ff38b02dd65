import { access } from '../access.ts'
import { dryRunQuery, orWould, wouldCounts } from '../dry-run.ts'
import { endpoint } from '../endpoint.ts'
import { anything, nullable, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const SOURCE = 'Synapse Admin API, "Purge History API"'

const purgeBody = {
  delete_local_events: optional(anything({ description: 'true: messages of local users go as well' })),
  purge_up_to_event_id: optional(nullable(text({ description: 'keeps this event and what is newer' }))),
  purge_up_to_ts: optional(
    timestampMs({
      description: 'ms; keeps the newest event received up to then, and what is newer',
      error: 'purge_up_to_ts must be an int',
    }),
  ),
}
const started = orWould(Type.Object({ purge_id: text() }), wouldCounts.history)
const errors = ['M_BAD_JSON', 'M_NOT_FOUND', 'M_UNKNOWN'] as const

export const purgeHistory = endpoint({
  id: 'admin.purge_history.start',
  method: 'POST',
  path: '/_synapse/admin/v1/purge_history/{room_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete the messages of a room up to a point, in the background; its state stays',
  source: SOURCE,
  params: { room_id: pathText() },
  query: dryRunQuery,
  optionalBody: purgeBody,
  response: started,
  errors,
})

export const purgeHistoryUpToEvent = endpoint({
  id: 'admin.purge_history.start_with_event',
  method: 'POST',
  path: '/_synapse/admin/v1/purge_history/{room_id}/{event_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete the messages of a room before an event, in the background; its state stays',
  source: SOURCE,
  params: { room_id: pathText(), event_id: pathText() },
  query: dryRunQuery,
  optionalBody: purgeBody,
  response: started,
  errors,
})

export const getHistoryPurge = endpoint({
  id: 'admin.purge_history.status',
  method: 'GET',
  path: '/_synapse/admin/v1/purge_history_status/{purge_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How the purge of a room’s history is getting on',
  source: SOURCE,
  params: { purge_id: pathText() },
  response: Type.Object({ status: oneOf(['active', 'complete', 'failed', 'cancelled']), error: optional(text()) }),
  errors: ['M_NOT_FOUND'],
})
