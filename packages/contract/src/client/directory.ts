import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { emptyObject, flag, integer, list, nullable, oneOf, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const aliasPath = '/_matrix/client/v3/directory/room/{roomAlias}'
const listPath = '/_matrix/client/v3/directory/list/room/{roomId}'
const aliasSource = 'Client-Server API, "Room aliases"'
const listSource = 'Client-Server API, "Listing rooms"'
const visibility = () => oneOf(['public', 'private'])

export const getAlias = endpoint({
  id: 'client.directory.get_alias',
  method: 'GET',
  path: aliasPath,
  surface: 'client',
  access: access.public,
  summary: 'The room that an alias leads to',
  source: aliasSource,
  params: { roomAlias: pathText() },
  response: Type.Object({ room_id: text(), servers: list(text()) }),
  errors: ['M_NOT_FOUND', 'M_INVALID_PARAM'],
})

export const createAlias = endpoint({
  id: 'client.directory.create_alias',
  method: 'PUT',
  path: aliasPath,
  surface: 'client',
  access: access.user,
  summary: 'Give a room an alias',
  source: aliasSource,
  params: { roomAlias: pathText() },
  body: { room_id: text() },
  response: emptyObject,
  errors: ['M_UNKNOWN', 'M_FORBIDDEN', 'M_EXCLUSIVE', 'M_INVALID_PARAM'],
})

export const deleteAlias = endpoint({
  id: 'client.directory.delete_alias',
  method: 'DELETE',
  path: aliasPath,
  surface: 'client',
  access: access.user,
  summary: 'Take an alias away',
  source: aliasSource,
  params: { roomAlias: pathText() },
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_FORBIDDEN', 'M_EXCLUSIVE', 'M_INVALID_PARAM'],
})

export const listAliases = endpoint({
  id: 'client.directory.list_aliases',
  method: 'GET',
  path: '/_matrix/client/v3/rooms/{roomId}/aliases',
  aliases: ['/_matrix/client/unstable/org.matrix.msc2432/rooms/{roomId}/aliases'],
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The aliases of a room on this server',
  source: aliasSource,
  params: { roomId: pathText() },
  response: Type.Object({ aliases: list(text()) }),
  errors: ['M_FORBIDDEN'],
})

export const getVisibility = endpoint({
  id: 'client.directory.get_visibility',
  method: 'GET',
  path: listPath,
  surface: 'client',
  access: access.public,
  summary: 'Whether a room is listed in the directory',
  source: listSource,
  params: { roomId: pathText() },
  response: Type.Object({ visibility: visibility() }),
  errors: ['M_NOT_FOUND'],
})

export const setVisibility = endpoint({
  id: 'client.directory.set_visibility',
  method: 'PUT',
  path: listPath,
  surface: 'client',
  access: access.user,
  summary: 'List a room in the directory, or take it off',
  source: listSource,
  params: { roomId: pathText() },
  body: { visibility: oneOf(['public', 'private'], { default: 'public' }) },
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_UNKNOWN'],
})

const page = Type.Object({
  chunk: list(
    Type.Object({
      room_id: text(),
      name: optional(text()),
      topic: optional(text()),
      canonical_alias: optional(text()),
      avatar_url: optional(text()),
      num_joined_members: integer(),
      world_readable: flag(),
      guest_can_join: flag(),
      join_rule: optional(text()),
      room_type: optional(text()),
    }),
  ),
  total_room_count_estimate: integer(),
  next_batch: optional(text()),
  prev_batch: optional(text()),
})

export const getPublicRooms = endpoint({
  id: 'client.directory.get_public_rooms',
  method: 'GET',
  path: '/_matrix/client/v3/publicRooms',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The rooms of the directory, page by page',
  source: listSource,
  query: { limit: optional(integer({ minimum: 0 })), since: optional(text()), server: optional(text()) },
  response: page,
  errors: ['M_INVALID_PARAM', 'M_FORBIDDEN'],
})

export const searchPublicRooms = endpoint({
  id: 'client.directory.search_public_rooms',
  method: 'POST',
  path: '/_matrix/client/v3/publicRooms',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The rooms of the directory that fit a filter, page by page',
  source: listSource,
  query: { server: optional(text()) },
  body: {
    limit: optional(integer({ minimum: 0, errcode: 'M_INVALID_PARAM' })),
    since: optional(text()),
    include_all_networks: optional(flag()),
    third_party_instance_id: optional(text({ description: '`instance_id` of a network of `/thirdparty/protocols`' })),
    filter: optional(
      Type.Object({
        generic_search_term: optional(nullable(text())),
        room_types: optional(nullable(list(nullable(text())))),
      }),
    ),
  },
  response: page,
  errors: ['M_INVALID_PARAM', 'M_FORBIDDEN'],
})
