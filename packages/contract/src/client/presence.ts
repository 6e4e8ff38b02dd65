import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, oneOf, optional, text, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const path = '/_matrix/client/v3/presence/{userId}/status'
const source = 'Client-Server API, "Presence"'

export const getPresence = endpoint({
  id: 'client.presence.get',
  method: 'GET',
  path,
  surface: 'client',
  access: access.user,
  summary: 'Whether a user is online',
  source,
  params: { userId: userIdParam() },
  response: Type.Object({
    presence: oneOf(['online', 'offline', 'unavailable']),
    last_active_ago: optional(integer()),
    currently_active: optional(flag()),
    status_msg: optional(text()),
  }),
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND'],
})

export const setPresence = endpoint({
  id: 'client.presence.set',
  method: 'PUT',
  path,
  surface: 'client',
  access: access.user,
  summary: 'Says whether one is online',
  source,
  params: { userId: userIdParam() },
  body: {
    presence: optional(oneOf(['online', 'offline', 'unavailable'], { errcode: 'M_UNKNOWN', error: 'Invalid presence state' })),
    status_msg: optional(text({ errcode: 'M_UNKNOWN', error: 'status_msg must be a string.' })),
  },
  maxBodyBytes: 64 * 1024,
  errors: ['M_FORBIDDEN', 'M_UNKNOWN', 'M_LIMIT_EXCEEDED'],
})
