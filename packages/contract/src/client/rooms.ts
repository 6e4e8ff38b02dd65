import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anything, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

/** Every field may also be `null`, which counts as left out; the route says by name what is wrong. */
const field = (description: string) => optional(anything({ description }))

export const createRoom = endpoint({
  id: 'client.rooms.create',
  method: 'POST',
  path: '/_matrix/client/v3/createRoom',
  surface: 'client',
  access: access.user,
  summary: 'Make a room',
  source: 'Client-Server API, "Creation"',
  body: {
    visibility: field('`public` lists the room in the directory'),
    preset: field('`private_chat`, `trusted_private_chat` or `public_chat`'),
    room_alias_name: field('localpart of an alias'),
    name: field('text'),
    topic: field('text'),
    invite: field('user ids'),
    invite_3pid: field('not supported'),
    room_version: field('text'),
    creation_content: field('more content of the create event'),
    initial_state: field('list of `{type, state_key?, content}`'),
    is_direct: field('marks the invites'),
    power_level_content_override: field('replaces keys of the default power levels'),
  },
  canonicalNumbers: true,
  response: Type.Object({ room_id: text() }),
  errors: [
    'M_ROOM_IN_USE',
    'M_UNSUPPORTED_ROOM_VERSION',
    'M_UNKNOWN',
    'M_FORBIDDEN',
    'M_BAD_JSON',
    'M_USER_SUSPENDED',
    'M_INVITE_BLOCKED',
    'M_LIMIT_EXCEEDED',
  ],
})

export const upgradeRoom = endpoint({
  id: 'client.rooms.upgrade',
  method: 'POST',
  path: '/_matrix/client/v3/rooms/{roomId}/upgrade',
  surface: 'client',
  access: access.user,
  summary: 'Replace a room by one of another room version',
  source: 'Client-Server API, "Room Upgrades"',
  params: { roomId: pathText() },
  body: {
    new_version: anything({ description: 'text' }),
    additional_creators: field('user ids; from room version 12 on'),
  },
  response: Type.Object({ replacement_room: text() }),
  errors: ['M_UNSUPPORTED_ROOM_VERSION', 'M_FORBIDDEN', 'M_NOT_FOUND', 'M_USER_SUSPENDED', 'M_LIMIT_EXCEEDED'],
})
