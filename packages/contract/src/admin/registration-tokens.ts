import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "Registration Tokens"'

const token = Type.Object({
  token: text(),
  uses_allowed: nullable(integer()),
  pending: integer(),
  completed: integer(),
  expiry_time: nullable(timestampMs()),
})

const usesAllowed = nullable(integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), {
  errcode: 'M_INVALID_PARAM',
  error: 'uses_allowed must be a non-negative integer or null',
})
const expiryTime = nullable(integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }), {
  errcode: 'M_INVALID_PARAM',
  error: 'expiry_time must be an integer or null',
  description: 'ms since 1970-01-01 UTC; null: never',
})

export const listRegistrationTokens = endpoint({
  id: 'admin.registration_tokens.list',
  method: 'GET',
  path: '/_synapse/admin/v1/registration_tokens',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'All registration tokens',
  source,
  query: { valid: optional(flag({ description: 'true: usable now; false: expired or used up' })) },
  response: Type.Object({ registration_tokens: list(token) }),
})

export const createRegistrationToken = endpoint({
  id: 'admin.registration_tokens.new',
  method: 'POST',
  path: '/_synapse/admin/v1/registration_tokens/new',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Makes a registration token',
  source,
  body: {
    token: optional(text({ errcode: 'M_INVALID_PARAM', error: 'token must be a string' })),
    length: optional(integer({ errcode: 'M_INVALID_PARAM', error: 'length must be an integer' })),
    uses_allowed: optional(usesAllowed),
    expiry_time: optional(expiryTime),
  },
  response: token,
  errors: ['M_INVALID_PARAM'],
})

export const getRegistrationToken = endpoint({
  id: 'admin.registration_tokens.get',
  method: 'GET',
  path: '/_synapse/admin/v1/registration_tokens/{token}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'One registration token',
  source,
  params: { token: pathText() },
  response: token,
  errors: ['M_NOT_FOUND'],
})

export const updateRegistrationToken = endpoint({
  id: 'admin.registration_tokens.put',
  method: 'PUT',
  path: '/_synapse/admin/v1/registration_tokens/{token}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Changes how often and until when a token may be used',
  source,
  params: { token: pathText() },
  body: { uses_allowed: optional(usesAllowed), expiry_time: optional(expiryTime) },
  response: token,
  errors: ['M_INVALID_PARAM', 'M_NOT_FOUND'],
})

export const deleteRegistrationToken = endpoint({
  id: 'admin.registration_tokens.delete',
  method: 'DELETE',
  path: '/_synapse/admin/v1/registration_tokens/{token}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Deletes a registration token',
  source,
  params: { token: pathText() },
  errors: ['M_NOT_FOUND'],
})
