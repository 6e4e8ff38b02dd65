import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, optional, pathText, text } from '../fields.ts'

const source = 'Client-Server API, "Reporting Content"'
const reason = () => text({ error: "Param 'reason' must be a string" })

export const reportEvent = endpoint({
  id: 'client.reports.event',
  method: 'POST',
  path: '/_matrix/client/v3/rooms/{roomId}/report/{eventId}',
  surface: 'client',
  access: access.user,
  summary: 'Tell the admins of the server about an event',
  source,
  params: { roomId: pathText(), eventId: pathText() },
  body: {
    reason: optional(reason()),
    score: optional(integer({ description: '-100 (most offensive) to 0', error: "Param 'score' must be an integer" })),
  },
  errors: ['M_NOT_FOUND', 'M_LIMIT_EXCEEDED'],
})

export const reportRoom = endpoint({
  id: 'client.reports.room',
  method: 'POST',
  path: '/_matrix/client/v3/rooms/{roomId}/report',
  surface: 'client',
  access: access.user,
  summary: 'Tell the admins of the server about a room',
  source,
  params: { roomId: pathText() },
  body: { reason: reason() },
  errors: ['M_NOT_FOUND', 'M_LIMIT_EXCEEDED'],
})

export const reportUser = endpoint({
  id: 'client.reports.user',
  method: 'POST',
  path: '/_matrix/client/v3/users/{userId}/report',
  surface: 'client',
  access: access.user,
  summary: 'Tell the admins of the server about a user; the answer does not tell whether there is such a user',
  source,
  params: { userId: pathText() },
  body: { reason: reason() },
  errors: ['M_BAD_JSON', 'M_LIMIT_EXCEEDED'],
})
