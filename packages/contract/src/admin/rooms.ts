import { access } from '../access.ts'
import { hierarchyPage } from '../client/spaces.ts'
import { dryRunQuery, orWould, wouldCounts } from '../dry-run.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, nullable, oneOf, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const SOURCE = 'Synapse Admin API, "Rooms API"'
const roomParams = { room_id: pathText() }

const listedRoom = {
  room_id: text(),
  name: nullable(text()),
  canonical_alias: nullable(text()),
  joined_members: integer(),
  joined_local_members: integer(),
  version: text(),
  creator: text(),
  encryption: nullable(text()),
  federatable: flag(),
  public: flag(),
  join_rules: nullable(text()),
  guest_access: nullable(text()),
  history_visibility: nullable(text()),
  state_events: integer(),
  room_type: nullable(text()),
}

export const listRooms = endpoint({
  id: 'admin.rooms.list',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'All rooms that the server holds, page by page',
  source: SOURCE,
  query: {
    from: integer({ minimum: 0, default: 0 }),
    limit: integer({ minimum: 0, default: 100 }),
    order_by: oneOf(
      [
        'alphabetical',
        'size',
        'name',
        'canonical_alias',
        'joined_members',
        'joined_local_members',
        'version',
        'creator',
        'encryption',
        'federatable',
        'public',
        'join_rules',
        'guest_access',
        'history_visibility',
        'state_events',
      ],
      { default: 'name' },
    ),
    dir: oneOf(['b', 'f'], { default: 'f' }),
    search_term: optional(text()),
    public_rooms: optional(flag()),
    empty_rooms: optional(flag()),
  },
  response: Type.Object({
    rooms: list(Type.Object(listedRoom)),
    offset: integer(),
    total_rooms: integer(),
    next_batch: optional(integer()),
    prev_batch: optional(integer()),
  }),
  errors: ['M_INVALID_PARAM'],
})

export const getRoom = endpoint({
  id: 'admin.rooms.get',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Details of a room',
  source: SOURCE,
  params: roomParams,
  response: Type.Object({
    ...listedRoom,
    topic: nullable(text()),
    avatar: nullable(text()),
    joined_local_devices: integer(),
    forgotten: flag({ description: 'no local user has it among their rooms any more' }),
    tombstoned: flag(),
    replacement_room: nullable(text()),
  }),
  errors: ['M_NOT_FOUND'],
})

export const listRoomMembers = endpoint({
  id: 'admin.rooms.members',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}/members',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Users that are joined to a room',
  source: SOURCE,
  params: roomParams,
  response: Type.Object({ members: list(text()), total: integer() }),
  errors: ['M_NOT_FOUND'],
})

export const getRoomState = endpoint({
  id: 'admin.rooms.state',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}/state',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Current state of a room',
  source: SOURCE,
  params: roomParams,
  query: { type: optional(text({ description: 'only events of this type' })) },
  response: Type.Object({ state: list(anyObject()) }),
  errors: ['M_NOT_FOUND'],
})

export const getRoomBlock = endpoint({
  id: 'admin.rooms.block_get',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}/block',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Whether a room is blocked, and by whom',
  source: SOURCE,
  params: roomParams,
  response: Type.Object({ block: flag(), user_id: optional(text()) }),
  errors: ['M_UNKNOWN'],
})

export const setRoomBlock = endpoint({
  id: 'admin.rooms.block_put',
  method: 'PUT',
  path: '/_synapse/admin/v1/rooms/{room_id}/block',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Block a room against joins, or let it go',
  source: SOURCE,
  params: roomParams,
  body: { block: flag({ error: "Param 'block' must be a boolean." }) },
  response: Type.Object({ block: flag() }),
  errors: ['M_UNKNOWN'],
})

const deletionFlag = (name: string, fallback: boolean) => flag({ default: fallback, error: `Param '${name}' must be a boolean, if given` })

const deletionBody = {
  new_room_user_id: optional(nullable(text({ description: 'local user who makes a room that the members are moved to' }))),
  room_name: optional(nullable(text({ description: 'name of that room' }))),
  message: optional(nullable(text({ description: 'first message in it' }))),
  block: deletionFlag('block', false),
  purge: deletionFlag('purge', true),
  force_purge: deletionFlag('force_purge', false),
}

const deletionSummary = Type.Object({
  kicked_users: list(text()),
  failed_to_kick_users: list(text()),
  local_aliases: list(text()),
  new_room_id: nullable(text()),
})

export const deleteRoomV1 = endpoint({
  id: 'admin.rooms.delete_v1',
  method: 'DELETE',
  path: '/_synapse/admin/v1/rooms/{room_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Shut down and purge a room; answered when it is done',
  source: 'Synapse Admin API, "Rooms API", Version 1 (old version)',
  params: roomParams,
  query: dryRunQuery,
  body: deletionBody,
  response: orWould(deletionSummary, wouldCounts.room),
  errors: ['M_UNKNOWN'],
})

export const deleteRoomV2 = endpoint({
  id: 'admin.rooms.delete_v2',
  method: 'DELETE',
  path: '/_synapse/admin/v2/rooms/{room_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Shut down and purge a room in the background',
  source: 'Synapse Admin API, "Rooms API", Version 2 (new version)',
  params: roomParams,
  query: dryRunQuery,
  body: deletionBody,
  response: orWould(Type.Object({ delete_id: text() }), wouldCounts.room),
  errors: ['M_UNKNOWN'],
})

const deletionStatus = {
  delete_id: text(),
  room_id: text(),
  status: oneOf(['scheduled', 'active', 'complete', 'failed', 'cancelled']),
  shutdown_room: nullable(deletionSummary),
  error: optional(text({ description: 'why it failed' })),
}

export const listRoomDeletions = endpoint({
  id: 'admin.rooms.delete_status_by_room',
  method: 'GET',
  path: '/_synapse/admin/v2/rooms/{room_id}/delete_status',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How the deletions of a room are getting on',
  source: SOURCE,
  params: roomParams,
  response: Type.Object({ results: list(Type.Object(deletionStatus)) }),
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const getRoomDeletion = endpoint({
  id: 'admin.rooms.delete_status_by_id',
  method: 'GET',
  path: '/_synapse/admin/v2/rooms/delete_status/{delete_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How a deletion is getting on',
  source: SOURCE,
  params: { delete_id: pathText() },
  response: Type.Object(deletionStatus),
  errors: ['M_NOT_FOUND'],
})

export const makeRoomAdmin = endpoint({
  id: 'admin.rooms.make_room_admin',
  method: 'POST',
  path: '/_synapse/admin/v1/rooms/{room_identifier}/make_room_admin',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Give a user the power of the most powerful local member',
  source: SOURCE,
  params: { room_identifier: pathText() },
  optionalBody: { user_id: optional(text()) },
  errors: ['M_UNKNOWN', 'M_NOT_FOUND', 'M_FORBIDDEN'],
})

export const joinRoom = endpoint({
  id: 'admin.rooms.join',
  method: 'POST',
  path: '/_synapse/admin/v1/join/{room_identifier}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Make a local user join a room',
  source: 'Synapse Admin API, "Edit Room Membership API"',
  params: { room_identifier: pathText() },
  query: { server_name: optional(list(text())) },
  body: { user_id: text() },
  response: Type.Object({ room_id: text() }),
  errors: ['M_UNKNOWN', 'M_NOT_FOUND', 'M_FORBIDDEN', 'M_INVALID_PARAM'],
})

export const getRoomHierarchy = endpoint({
  id: 'admin.rooms.hierarchy',
  method: 'GET',
  path: '/_synapse/admin/v1/rooms/{room_id}/hierarchy',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'The rooms of a space that this server holds, whoever may see them',
  source: 'Synapse Admin API, "Space Hierarchy Endpoint"',
  params: roomParams,
  query: {
    limit: integer({ minimum: 0, default: 50, description: 'at most 50' }),
    max_depth: optional(integer({ minimum: 0, description: '0: the space alone' })),
    from: optional(text({ description: '`next_batch` of the page before, with the same parameters' })),
  },
  response: hierarchyPage,
  errors: ['M_NOT_FOUND', 'M_INVALID_PARAM', 'M_LIMIT_EXCEEDED'],
})
