import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, nullable, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { eventAtTime, eventContext, historyPage } from '../room-history-answers.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "Rooms API"'
const direction = () => oneOf(['b', 'f'], { default: 'f' })
const limit = () => optional(integer({ minimum: 0, description: 'default 10' }))
const filter = () => optional(text({ description: 'a room event filter as JSON' }))

export const getRoomMessages = endpoint({
  id: 'admin.rooms.messages',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}/messages',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'A page of the history of a room, whoever may see it',
  source,
  params: { room_id: pathText() },
  query: {
    from: optional(text({ description: 'token; absent or `END`: the newest for dir=b, the oldest for dir=f' })),
    to: optional(text({ description: 'token to stop at' })),
    dir: direction(),
    limit: limit(),
    filter: filter(),
    raw: optional(text({ description: 'when there, whole events as servers exchange them' })),
  },
  response: historyPage,
  errors: ['M_UNKNOWN', 'M_NOT_JSON', 'M_INVALID_PARAM'],
})

export const getEventContext = endpoint({
  id: 'admin.rooms.context',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}/context/{event_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Events around an event, and the state there',
  source,
  params: { room_id: pathText(), event_id: pathText() },
  query: { limit: limit(), filter: filter() },
  response: eventContext,
  errors: ['M_NOT_FOUND', 'M_NOT_JSON'],
})

export const getEventByTimestamp = endpoint({
  id: 'admin.rooms.timestamp_to_event',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}/timestamp_to_event',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'The event of a room closest to a time',
  source,
  params: { room_id: pathText() },
  query: { ts: integer({ minimum: 0, description: 'ms' }), dir: direction() },
  response: eventAtTime,
  errors: ['M_NOT_FOUND'],
})

export const fetchEvent = endpoint({
  id: 'admin.events.fetch',
  method: 'GET',
  path: '/_synapse/admin/v1/fetch_event/{event_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'An event as it is stored',
  source: 'Synapse Admin API, "Fetch Event API"',
  params: { event_id: pathText() },
  response: Type.Object({ event: anyObject() }),
  errors: ['M_NOT_FOUND'],
})

export const listForwardExtremities = endpoint({
  id: 'admin.rooms.forward_extremities_list',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_identifier}/forward_extremities',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Events of a room that no other follows yet',
  source,
  params: { room_identifier: pathText() },
  response: Type.Object({
    count: integer(),
    results: list(Type.Object({ event_id: text(), state_group: integer(), depth: integer(), received_ts: nullable(timestampMs()) })),
  }),
  errors: ['M_UNKNOWN', 'M_NOT_FOUND'],
})

export const deleteForwardExtremities = endpoint({
  id: 'admin.rooms.forward_extremities_delete',
  method: 'DELETE',
  path: '/_synapse/admin/v1/rooms/{room_identifier}/forward_extremities',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Let the next event of a room follow the newest only',
  source,
  params: { room_identifier: pathText() },
  response: Type.Object({ deleted: integer() }),
  errors: ['M_UNKNOWN', 'M_NOT_FOUND'],
})
