import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anything, emptyObject, optional, pathText, text } from '../fields.ts'

const eventId = optional(text({ error: 'must be an event ID' }))

export const sendReceipt = endpoint({
  id: 'client.receipts.send',
  method: 'POST',
  path: '/_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}',
  surface: 'client',
  access: access.user,
  summary: 'Tells how far the user has read: for all (m.read), for the own devices (m.read.private) or as the marker (m.fully_read)',
  source: 'Client-Server API, "Receipts"',
  params: { roomId: pathText(), receiptType: pathText(), eventId: pathText() },
  body: { thread_id: optional(anything()) },
  maxBodyBytes: 64 * 1024,
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_UNKNOWN'],
})

export const setReadMarkers = endpoint({
  id: 'client.receipts.set_read_markers',
  method: 'POST',
  path: '/_matrix/client/v3/rooms/{roomId}/read_markers',
  surface: 'client',
  access: access.user,
  summary: 'Sets the read-up-to marker and receipts at once',
  source: 'Client-Server API, "Fully read markers"',
  params: { roomId: pathText() },
  body: { 'm.fully_read': eventId, 'm.read': eventId, 'm.read.private': eventId },
  maxBodyBytes: 64 * 1024,
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_UNKNOWN'],
})
