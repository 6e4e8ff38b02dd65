import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, pathText, text, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Client-Server API, "Filtering"'

export const createFilter = endpoint({
  id: 'client.filters.create',
  method: 'POST',
  path: '/_matrix/client/v3/user/{userId}/filter',
  surface: 'client',
  access: access.user,
  summary: 'Stores a filter for /sync; the same content has the same id',
  source,
  params: { userId: userIdParam() },
  body: {},
  maxBodyBytes: 64 * 1024,
  response: Type.Object({ filter_id: text() }),
  errors: ['M_FORBIDDEN'],
})

export const getFilter = endpoint({
  id: 'client.filters.get',
  method: 'GET',
  path: '/_matrix/client/v3/user/{userId}/filter/{filterId}',
  surface: 'client',
  access: access.user,
  summary: 'A stored filter',
  source,
  params: { userId: userIdParam(), filterId: pathText() },
  response: anyObject(),
  errors: ['M_FORBIDDEN', 'M_NOT_FOUND'],
})
