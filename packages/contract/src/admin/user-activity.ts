import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, pathText } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "User Admin API"'
const params = { user_id: pathText() }
const query = { from_ts: integer({ minimum: 0, description: 'ms; counts from then on, by the time of arrival' }) }

export const countSentInvites = endpoint({
  id: 'admin.users.sent_invite_count',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/sent_invite_count',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How many invites a user sent since a time',
  source,
  params,
  query,
  response: Type.Object({ invite_count: integer() }),
})

export const countJoinedRooms = endpoint({
  id: 'admin.users.cumulative_joined_room_count',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/cumulative_joined_room_count',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How many different rooms a user joined since a time, also those left again',
  source,
  params,
  query,
  response: Type.Object({ cumulative_joined_room_count: integer() }),
})
