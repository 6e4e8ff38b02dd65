import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, optional, record, text } from '../fields.ts'
import { Type } from '../schema.ts'

const jobs = 'Synapse Admin API, "Background Updates"'

export const listLargestRooms = endpoint({
  id: 'admin.statistics.database_rooms',
  method: 'GET',
  path: '/_synapse/admin/v1/statistics/database/rooms',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'The ten rooms that take most of the database; an estimate on large servers',
  source: 'Synapse Admin API, "Get largest rooms by size in database"',
  response: Type.Object({
    rooms: list(Type.Object({ room_id: text(), estimated_size: integer({ description: 'bytes, without media' }) })),
  }),
})

export const getBackgroundUpdates = endpoint({
  id: 'admin.background_updates.status',
  method: 'GET',
  path: '/_synapse/admin/v1/background_updates/status',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Changes of the database that go on in the background: none, they are done before a start',
  source: jobs,
  response: Type.Object({ enabled: flag(), current_updates: record(anyObject()) }),
})

export const areBackgroundUpdatesEnabled = endpoint({
  id: 'admin.background_updates.enabled_get',
  method: 'GET',
  path: '/_synapse/admin/v1/background_updates/enabled',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Whether such changes may go on: always',
  source: jobs,
  response: Type.Object({ enabled: flag() }),
})

export const enableBackgroundUpdates = endpoint({
  id: 'admin.background_updates.enabled_set',
  method: 'POST',
  path: '/_synapse/admin/v1/background_updates/enabled',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Let such changes go on; there are none that could be paused',
  source: jobs,
  body: { enabled: flag({ default: true, errcode: 'M_UNKNOWN', error: "'enabled' parameter must be a boolean" }) },
  response: Type.Object({ enabled: flag() }),
  errors: ['M_UNKNOWN'],
})

export const startBackgroundJob = endpoint({
  id: 'admin.background_updates.start_job',
  method: 'POST',
  path: '/_synapse/admin/v1/background_updates/start_job',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Rebuild statistics or directory: there is nothing to do, both are always up to date',
  source: jobs,
  body: {
    job_name: text({ errcode: 'M_UNKNOWN', error: 'Invalid job_name' }),
    old_key: optional(Type.Unknown()),
    before_ts: optional(Type.Unknown()),
  },
  errors: ['M_UNKNOWN'],
})
