import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, nullable, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const EVENT_SOURCE = 'Synapse Admin API, "Show reported events"'
const USER_SOURCE = 'Synapse, admin API of reported users'
const params = { report_id: pathText() }
const errors = ['M_INVALID_PARAM', 'M_NOT_FOUND'] as const

const page = {
  from: integer({ minimum: 0, default: 0, description: 'how many to leave out; `next_token` of the page before' }),
  limit: integer({ minimum: 0, default: 100 }),
  dir: oneOf(['b', 'f'], { default: 'b', description: '`b`: newest first' }),
}

const eventReport = {
  id: integer(),
  received_ts: timestampMs(),
  room_id: text(),
  name: nullable(text({ description: 'of the room' })),
  canonical_alias: nullable(text()),
  event_id: text(),
  user_id: text({ description: 'who reported it' }),
  sender: nullable(text({ description: 'of the event; null where that is gone' })),
  reason: nullable(text()),
  score: nullable(integer()),
}

export const listEventReports = endpoint({
  id: 'admin.reports.events_list',
  method: 'GET',
  path: '/_synapse/admin/v1/event_reports',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Reported events, page by page; those of deleted rooms are left out',
  source: EVENT_SOURCE,
  query: {
    ...page,
    user_id: optional(text({ description: 'part of the id of who reported' })),
    room_id: optional(text({ description: 'part of the room id' })),
    event_sender_user_id: optional(text({ description: 'who sent the event' })),
  },
  response: Type.Object({ event_reports: list(Type.Object(eventReport)), total: integer(), next_token: optional(integer()) }),
  errors: ['M_INVALID_PARAM'],
})

export const getEventReport = endpoint({
  id: 'admin.reports.event_get',
  method: 'GET',
  path: '/_synapse/admin/v1/event_reports/{report_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'A report with the event that it is about',
  source: EVENT_SOURCE,
  params,
  response: Type.Object({ ...eventReport, event_json: anyObject({ description: 'as it is stored' }) }),
  errors,
})

export const deleteEventReport = endpoint({
  id: 'admin.reports.event_delete',
  method: 'DELETE',
  path: '/_synapse/admin/v1/event_reports/{report_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete a report; the event stays',
  source: EVENT_SOURCE,
  params,
  errors,
})

const userReport = {
  id: integer(),
  received_ts: timestampMs(),
  target_user_id: text(),
  user_id: text({ description: 'who reported' }),
  reason: text(),
}

export const listUserReports = endpoint({
  id: 'admin.reports.users_list',
  method: 'GET',
  path: '/_synapse/admin/v1/user_reports',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Reported users, page by page',
  source: USER_SOURCE,
  query: {
    ...page,
    user_id: optional(text({ description: 'part of the id of who reported' })),
    target_user_id: optional(text({ description: 'part of the id of who was reported' })),
  },
  response: Type.Object({ user_reports: list(Type.Object(userReport)), total: integer(), next_token: optional(integer()) }),
  errors: ['M_INVALID_PARAM'],
})

export const getUserReport = endpoint({
  id: 'admin.reports.user_get',
  method: 'GET',
  path: '/_synapse/admin/v1/user_reports/{report_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'A report about a user',
  source: USER_SOURCE,
  params,
  response: Type.Object(userReport),
  errors,
})

export const deleteUserReport = endpoint({
  id: 'admin.reports.user_delete',
  method: 'DELETE',
  path: '/_synapse/admin/v1/user_reports/{report_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete a report about a user',
  source: USER_SOURCE,
  params,
  errors,
})
