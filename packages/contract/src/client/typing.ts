import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { emptyObject, flag, number, optional, pathText, userIdParam } from '../fields.ts'

export const setTyping = endpoint({
  id: 'client.typing.set',
  method: 'PUT',
  path: '/_matrix/client/v3/rooms/{roomId}/typing/{userId}',
  surface: 'client',
  access: access.user,
  summary: 'Tells that the user is typing, or no longer',
  source: 'Client-Server API, "Typing Notifications"',
  params: { roomId: pathText(), userId: userIdParam() },
  body: { typing: flag(), timeout: optional(number({ description: 'milliseconds; kept between 1 and 120 seconds' })) },
  response: emptyObject,
  errors: ['M_FORBIDDEN'],
})
