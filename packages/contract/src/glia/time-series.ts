import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { list, number, oneOf, optional, record, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

export const seriesNames = [
  'users',
  'registrations',
  'active_users_daily',
  'active_users_weekly',
  'active_users_monthly',
  'rooms',
  'messages',
  'media_bytes',
  'database_bytes',
] as const

export const getTimeSeries = endpoint({
  id: 'glia.time_series.get',
  method: 'GET',
  path: '/_glia/admin/v1/time_series',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'How users, rooms, messages and storage grew, by the hour or the day',
  source: 'Glia, docs/time-series.md',
  query: {
    names: optional(text({ description: `some of ${seriesNames.join(', ')}, with commas between; default: all` })),
    since: optional(timestampMs({ description: 'ms since 1970-01-01 UTC; default: 30 days ago' })),
    until: optional(timestampMs({ description: 'not included; default: now' })),
    step: oneOf(['hour', 'day'], { default: 'day', description: 'UTC' }),
  },
  response: Type.Object({
    series: record(list(Type.Object({ at: timestampMs({ description: 'begin of the hour or day' }), value: number() })), {
      description: 'by name, oldest first; hours in which the server did not run are missing',
    }),
  }),
  errors: ['M_INVALID_PARAM'],
})
