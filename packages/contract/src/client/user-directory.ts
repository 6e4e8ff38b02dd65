import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, list, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const getMutualRooms = endpoint({
  id: 'client.mutual_rooms.get',
  method: 'GET',
  path: '/_matrix/client/v1/mutual_rooms',
  aliases: ['/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms'],
  surface: 'client',
  access: access.user,
  summary: 'The rooms that the caller shares with another user',
  source: 'Client-Server API, "Mutual Rooms"',
  query: {
    user_id: text(),
    from: optional(text({ description: '`next_batch` of the page before' })),
    batch_token: optional(text({ description: 'as `from`, of MSC2666' })),
  },
  response: Type.Object({
    joined: list(text()),
    count: integer(),
    next_batch: optional(text()),
    next_batch_token: optional(text({ description: 'as `next_batch`, of MSC2666' })),
  }),
  errors: ['M_INVALID_PARAM', 'M_MISSING_PARAM'],
})
