import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Glia, docs/room-actions.md'
const ROOM = '/_glia/admin/v1/rooms/{room_id}'
const common = { surface: 'glia', access: access.serverAdmin, source } as const
const errors = ['M_FORBIDDEN', 'M_NOT_FOUND', 'M_INVALID_PARAM'] as const
const room = { room_id: pathText() }
const member = { room_id: pathText(), user_id: pathText() }
const reason = { reason: optional(text({ description: 'told to the room' })) }
const done = Type.Object({ event_id: text(), sender: text({ description: 'the member in whose name it was done' }) })

export const kickMember = endpoint({
  ...common,
  id: 'glia.room_actions.kick',
  method: 'POST',
  path: `${ROOM}/members/{user_id}/kick`,
  summary: 'Removes a user from a room, or takes back an invite or knock',
  params: member,
  optionalBody: reason,
  response: done,
  errors,
})

export const banMember = endpoint({
  ...common,
  id: 'glia.room_actions.ban',
  method: 'POST',
  path: `${ROOM}/members/{user_id}/ban`,
  summary: 'Bans a user from a room; a local one who is too strong is made weak first',
  params: member,
  optionalBody: reason,
  response: done,
  errors,
})

export const unbanMember = endpoint({
  ...common,
  id: 'glia.room_actions.unban',
  method: 'POST',
  path: `${ROOM}/members/{user_id}/unban`,
  summary: 'Lifts a ban',
  params: member,
  optionalBody: reason,
  response: done,
  errors: [...errors, 'M_BAD_STATE'],
})

export const setPowerLevel = endpoint({
  ...common,
  id: 'glia.room_actions.set_power_level',
  method: 'PUT',
  path: `${ROOM}/members/{user_id}/power_level`,
  summary: 'Gives a user a power level in a room',
  params: member,
  body: { power_level: integer({ minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 }) },
  response: done,
  errors,
})

export const redactEvent = endpoint({
  ...common,
  id: 'glia.room_actions.redact',
  method: 'POST',
  path: `${ROOM}/redact/{event_id}`,
  summary: 'Redacts an event',
  params: { room_id: pathText(), event_id: pathText() },
  optionalBody: reason,
  response: done,
  errors: [...errors, 'M_UNKNOWN'],
})

export const setState = endpoint({
  ...common,
  id: 'glia.room_actions.set_state',
  method: 'PUT',
  path: `${ROOM}/state/{event_type}/{state_key}`,
  aliases: [`${ROOM}/state/{event_type}`],
  summary: 'Sets what a room says of itself: name, topic, avatar, join rule, … (not members and power levels, which have their own)',
  params: { room_id: pathText(), event_type: pathText(), state_key: pathText() },
  body: { content: anyObject({ description: 'of the state event' }) },
  response: done,
  errors: [...errors, 'M_BAD_JSON', 'M_BAD_ALIAS', 'M_TOO_LARGE'],
})

export const upgradeRoom = endpoint({
  ...common,
  id: 'glia.room_actions.upgrade',
  method: 'POST',
  path: `${ROOM}/upgrade`,
  summary: 'Replaces a room by one of another version',
  params: room,
  body: { new_version: text() },
  response: Type.Object({ replacement_room: text(), sender: text({ description: 'the member in whose name it was done' }) }),
  errors: [...errors, 'M_UNSUPPORTED_ROOM_VERSION'],
})
