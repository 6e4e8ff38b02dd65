import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, emptyObject, pathText, record, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Client-Server API, "Client Config"'
const deletion = 'MSC3391'
const tagging = 'Client-Server API, "Room Tagging"'

export const getGlobal = endpoint({
  id: 'client.account_data.get_global',
  method: 'GET',
  path: '/_matrix/client/v3/user/{userId}/account_data/{type}',
  surface: 'client',
  access: access.user,
  summary: 'Something that the user keeps for all rooms',
  source,
  params: { userId: userIdParam(), type: pathText() },
  response: anyObject(),
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND'],
})

export const setGlobal = endpoint({
  id: 'client.account_data.set_global',
  method: 'PUT',
  path: '/_matrix/client/v3/user/{userId}/account_data/{type}',
  surface: 'client',
  access: access.user,
  summary: 'Keeps something for all rooms',
  source,
  params: { userId: userIdParam(), type: pathText() },
  body: {},
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_BAD_JSON', 'M_TOO_LARGE'],
})

export const deleteGlobal = endpoint({
  id: 'client.account_data.delete_global',
  method: 'DELETE',
  path: '/_matrix/client/unstable/org.matrix.msc3391/user/{userId}/account_data/{type}',
  surface: 'client',
  access: access.user,
  summary: 'Removes what was kept for all rooms',
  source: deletion,
  params: { userId: userIdParam(), type: pathText() },
  errors: ['M_FORBIDDEN', 'M_BAD_JSON'],
})

export const getForRoom = endpoint({
  id: 'client.account_data.get_for_room',
  method: 'GET',
  path: '/_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}',
  surface: 'client',
  access: access.user,
  summary: 'Something that the user keeps for a room',
  source,
  params: { userId: userIdParam(), roomId: pathText(), type: pathText() },
  response: anyObject(),
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND', 'M_INVALID_PARAM'],
})

export const setForRoom = endpoint({
  id: 'client.account_data.set_for_room',
  method: 'PUT',
  path: '/_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}',
  surface: 'client',
  access: access.user,
  summary: 'Keeps something for a room',
  source,
  params: { userId: userIdParam(), roomId: pathText(), type: pathText() },
  body: {},
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_BAD_JSON', 'M_INVALID_PARAM', 'M_TOO_LARGE'],
})

export const deleteForRoom = endpoint({
  id: 'client.account_data.delete_for_room',
  method: 'DELETE',
  path: '/_matrix/client/unstable/org.matrix.msc3391/user/{userId}/rooms/{roomId}/account_data/{type}',
  surface: 'client',
  access: access.user,
  summary: 'Removes what was kept for a room',
  source: deletion,
  params: { userId: userIdParam(), roomId: pathText(), type: pathText() },
  errors: ['M_FORBIDDEN', 'M_BAD_JSON', 'M_INVALID_PARAM'],
})

export const getTags = endpoint({
  id: 'client.tags.get',
  method: 'GET',
  path: '/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags',
  surface: 'client',
  access: access.user,
  summary: "The user's tags of a room",
  source: tagging,
  params: { userId: userIdParam(), roomId: pathText() },
  response: Type.Object({ tags: record(anyObject()) }),
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM'],
})

export const setTag = endpoint({
  id: 'client.tags.set',
  method: 'PUT',
  path: '/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}',
  surface: 'client',
  access: access.user,
  summary: 'Tags a room, or changes the tag',
  source: tagging,
  params: { userId: userIdParam(), roomId: pathText(), tag: pathText() },
  body: {},
  maxBodyBytes: 64 * 1024,
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_TOO_LARGE'],
})

export const deleteTag = endpoint({
  id: 'client.tags.delete',
  method: 'DELETE',
  path: '/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}',
  surface: 'client',
  access: access.user,
  summary: 'Takes a tag off a room',
  source: tagging,
  params: { userId: userIdParam(), roomId: pathText(), tag: pathText() },
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM'],
})
