import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anything, emptyObject, list, nullable, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const room = '/_matrix/client/v3/rooms/{roomId}'
const source = 'Client-Server API, "Room membership"'
const reason = optional(nullable(text()))
/** The event's time, for application services. */
const query = { ts: optional(text()) }
const joined = Type.Object({ room_id: text() })
const refusals = ['M_FORBIDDEN', 'M_BAD_STATE', 'M_UNKNOWN', 'M_USER_SUSPENDED', 'M_LIMIT_EXCEEDED'] as const

export const joinRoomByIdOrAlias = endpoint({
  id: 'client.membership.join_by_id_or_alias',
  method: 'POST',
  path: '/_matrix/client/v3/join/{roomIdOrAlias}',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Join a room',
  source,
  params: { roomIdOrAlias: pathText() },
  query,
  optionalBody: { reason, third_party_signed: optional(anything()) },
  response: joined,
  errors: [...refusals, 'M_NOT_FOUND', 'M_UNABLE_TO_GRANT_JOIN'],
})

export const joinRoom = endpoint({
  id: 'client.membership.join',
  method: 'POST',
  path: `${room}/join`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Join a room by its id',
  source,
  params: { roomId: pathText() },
  query,
  optionalBody: { reason, third_party_signed: optional(anything()) },
  response: joined,
  errors: [...refusals, 'M_UNABLE_TO_GRANT_JOIN'],
})

export const knockOnRoom = endpoint({
  id: 'client.membership.knock',
  method: 'POST',
  path: '/_matrix/client/v3/knock/{roomIdOrAlias}',
  surface: 'client',
  access: access.user,
  summary: 'Ask to be let into a room',
  source: 'Client-Server API, "Knocking on rooms"',
  params: { roomIdOrAlias: pathText() },
  optionalBody: { reason },
  response: joined,
  errors: [...refusals, 'M_NOT_FOUND'],
})

export const leaveRoom = endpoint({
  id: 'client.membership.leave',
  method: 'POST',
  path: `${room}/leave`,
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Leave a room, reject its invite, or take a knock back',
  source,
  params: { roomId: pathText() },
  optionalBody: { reason },
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_UNKNOWN'],
})

export const inviteUser = endpoint({
  id: 'client.membership.invite',
  method: 'POST',
  path: `${room}/invite`,
  surface: 'client',
  access: access.user,
  summary: 'Invite a user to a room',
  source,
  params: { roomId: pathText() },
  body: { user_id: optional(text()), reason },
  response: emptyObject,
  errors: [...refusals, 'M_INVITE_BLOCKED', 'M_MISSING_PARAM', 'M_INVALID_PARAM', 'M_THREEPID_DENIED'],
})

export const kickUser = endpoint({
  id: 'client.membership.kick',
  method: 'POST',
  path: `${room}/kick`,
  surface: 'client',
  access: access.user,
  summary: 'Remove a user from a room',
  source,
  params: { roomId: pathText() },
  body: { user_id: text(), reason },
  response: emptyObject,
  errors: [...refusals, 'M_INVALID_PARAM'],
})

export const banUser = endpoint({
  id: 'client.membership.ban',
  method: 'POST',
  path: `${room}/ban`,
  surface: 'client',
  access: access.user,
  summary: 'Ban a user from a room',
  source,
  params: { roomId: pathText() },
  body: { user_id: text(), reason },
  response: emptyObject,
  errors: [...refusals, 'M_INVALID_PARAM'],
})

export const unbanUser = endpoint({
  id: 'client.membership.unban',
  method: 'POST',
  path: `${room}/unban`,
  surface: 'client',
  access: access.user,
  summary: 'End the ban of a user',
  source,
  params: { roomId: pathText() },
  body: { user_id: text(), reason },
  response: emptyObject,
  errors: [...refusals, 'M_INVALID_PARAM'],
})

export const forgetRoom = endpoint({
  id: 'client.membership.forget',
  method: 'POST',
  path: `${room}/forget`,
  surface: 'client',
  access: access.user,
  summary: 'Take a room that was left out of sight',
  source,
  params: { roomId: pathText() },
  optionalBody: {},
  response: emptyObject,
  errors: ['M_UNKNOWN'],
})

export const listJoinedRooms = endpoint({
  id: 'client.membership.list_joined_rooms',
  method: 'GET',
  path: '/_matrix/client/v3/joined_rooms',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The rooms that the user is in',
  source,
  response: Type.Object({ joined_rooms: list(text()) }),
})
