import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, nullable, oneOf, optional, pathText, record, text } from '../fields.ts'
import { eventAtTime, eventContext, historyPage } from '../room-history-answers.ts'
import { Type } from '../schema.ts'

const room = '/_matrix/client/v3/rooms/{roomId}'
const roomV1 = '/_matrix/client/v1/rooms/{roomId}'
const source = 'Client-Server API, "Getting events for a room"'
const direction = (options: { default?: string } = {}) => oneOf(['b', 'f'], options)
const limit = () => optional(integer({ minimum: 0, description: 'default 10' }))
const events = () => list(anyObject())

export const getRoomMessages = endpoint({
  id: 'client.rooms.get_messages',
  method: 'GET',
  path: `${room}/messages`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'A page of the history of a room',
  source,
  params: { roomId: pathText() },
  query: {
    from: optional(text({ description: 'token; absent: newest for dir=b, oldest for dir=f' })),
    to: optional(text({ description: 'token to stop at' })),
    dir: direction({ default: 'f' }),
    limit: limit(),
    filter: optional(text({ description: 'a room event filter as JSON' })),
  },
  response: historyPage,
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_UNKNOWN'],
})

export const getRoomSnapshot = endpoint({
  id: 'client.rooms.initial_sync',
  method: 'GET',
  path: `${room}/initialSync`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'A room as it is now: its newest events and its state; for previews of rooms open to the world',
  source: 'Client-Server API, "Room previews"',
  params: { roomId: pathText() },
  query: { limit: limit() },
  response: Type.Object({
    room_id: text(),
    membership: optional(text({ description: 'absent for those who never were there' })),
    messages: Type.Object({ start: text(), end: text(), chunk: events() }),
    state: events(),
    account_data: events(),
    receipts: events(),
    presence: events(),
  }),
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM'],
})

export const getEventContext = endpoint({
  id: 'client.rooms.get_context',
  method: 'GET',
  path: `${room}/context/{eventId}`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Events around an event, and the state there',
  source: 'Client-Server API, "Event context"',
  params: { roomId: pathText(), eventId: pathText() },
  query: { limit: limit(), filter: optional(text()) },
  response: eventContext,
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND'],
})

export const getRoomEvent = endpoint({
  id: 'client.rooms.get_event',
  method: 'GET',
  path: `${room}/event/{eventId}`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'One event',
  source,
  params: { roomId: pathText(), eventId: pathText() },
  response: anyObject(),
  errors: ['M_NOT_FOUND'],
})

export const getRoomMembers = endpoint({
  id: 'client.rooms.get_members',
  method: 'GET',
  path: `${room}/members`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The member events of a room',
  source,
  params: { roomId: pathText() },
  query: { at: optional(text({ description: 'token' })), membership: optional(text()), not_membership: optional(text()) },
  response: Type.Object({ chunk: events() }),
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_UNKNOWN'],
})

export const getJoinedMembers = endpoint({
  id: 'client.rooms.get_joined_members',
  method: 'GET',
  path: `${room}/joined_members`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Who is in a room, by user id',
  source,
  params: { roomId: pathText() },
  response: Type.Object({
    joined: record(Type.Object({ display_name: optional(nullable(text())), avatar_url: optional(nullable(text())) })),
  }),
  errors: ['M_FORBIDDEN'],
})

export const getRoomState = endpoint({
  id: 'client.rooms.get_state',
  method: 'GET',
  path: `${room}/state`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The whole state of a room',
  source,
  params: { roomId: pathText() },
  response: events(),
  errors: ['M_FORBIDDEN'],
})

export const getRoomStateEvent = endpoint({
  id: 'client.rooms.get_state_event',
  method: 'GET',
  path: `${room}/state/{eventType}/{stateKey}`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The content of one state event',
  source,
  params: { roomId: pathText(), eventType: pathText(), stateKey: pathText() },
  query: { format: optional(oneOf(['content', 'event'])) },
  response: anyObject(),
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND'],
})

export const getRoomStateEventWithEmptyKey = endpoint({
  id: 'client.rooms.get_state_event_with_empty_key',
  method: 'GET',
  path: `${room}/state/{eventType}`,
  aliases: ['v3', 'r0', 'unstable'].map((version) => `/_matrix/client/${version}/rooms/{roomId}/state/{eventType}/`),
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The content of the state event whose state key is empty',
  source,
  params: { roomId: pathText(), eventType: pathText() },
  query: { format: optional(oneOf(['content', 'event'])) },
  response: anyObject(),
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND'],
})

export const getEventByTimestamp = endpoint({
  id: 'client.rooms.timestamp_to_event',
  method: 'GET',
  path: `${roomV1}/timestamp_to_event`,
  aliases: ['/_matrix/client/unstable/org.matrix.msc3030/rooms/{roomId}/timestamp_to_event'],
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The event closest to a time',
  source: 'Client-Server API, "Getting the closest event to a timestamp"',
  params: { roomId: pathText() },
  query: { ts: integer({ minimum: 0 }), dir: direction({ default: 'f' }) },
  response: eventAtTime,
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND'],
})
