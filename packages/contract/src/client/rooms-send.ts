import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const room = '/_matrix/client/v3/rooms/{roomId}'
const sent = Type.Object({ event_id: text() })
/** Anything: it becomes the event's content. */
const content = {}
const query = {
  /** The event's time, for application services. */
  ts: optional(text()),
  /** Asked for with this, the event is sent later, and the answer is `{delay_id}`. */
  'org.matrix.msc4140.delay': optional(integer({ minimum: 0, description: 'ms to wait before it is sent (MSC4140)' })),
}
const errors = ['M_FORBIDDEN', 'M_BAD_JSON', 'M_UNKNOWN', 'M_TOO_LARGE', 'M_USER_SUSPENDED', 'M_LIMIT_EXCEEDED'] as const

export const sendMessage = endpoint({
  id: 'client.rooms.send_message',
  method: 'PUT',
  path: `${room}/send/{eventType}/{txnId}`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Send an event',
  source: 'Client-Server API, "Sending events to a room"',
  params: { roomId: pathText(), eventType: pathText(), txnId: pathText() },
  query,
  body: content,
  canonicalNumbers: true,
  response: sent,
  errors: [...errors, 'M_DUPLICATE_ANNOTATION'],
})

export const sendState = endpoint({
  id: 'client.rooms.send_state',
  method: 'PUT',
  path: `${room}/state/{eventType}/{stateKey}`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Send a state event',
  source: 'Client-Server API, "Sending events to a room"',
  params: { roomId: pathText(), eventType: pathText(), stateKey: pathText() },
  query,
  body: content,
  canonicalNumbers: true,
  response: sent,
  errors: [...errors, 'M_BAD_ALIAS', 'M_BAD_STATE', 'M_INVALID_PARAM'],
})

export const sendStateWithEmptyKey = endpoint({
  id: 'client.rooms.send_state_with_empty_key',
  method: 'PUT',
  path: `${room}/state/{eventType}`,
  aliases: ['v3', 'r0', 'unstable'].map((version) => `/_matrix/client/${version}/rooms/{roomId}/state/{eventType}/`),
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Send a state event whose state key is empty',
  source: 'Client-Server API, "Sending events to a room"',
  params: { roomId: pathText(), eventType: pathText() },
  query,
  body: content,
  canonicalNumbers: true,
  response: sent,
  errors: [...errors, 'M_BAD_ALIAS', 'M_INVALID_PARAM'],
})

export const redactEvent = endpoint({
  id: 'client.rooms.redact_event',
  method: 'PUT',
  path: `${room}/redact/{eventId}/{txnId}`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Take the content of an event away',
  source: 'Client-Server API, "Redactions"',
  params: { roomId: pathText(), eventId: pathText(), txnId: pathText() },
  body: content,
  canonicalNumbers: true,
  response: sent,
  errors: [...errors, 'M_NOT_FOUND'],
})
