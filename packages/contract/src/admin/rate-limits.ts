import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, optional, pathText } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "Override ratelimiting for users"'
const path = '/_synapse/admin/v1/users/{user_id}/override_ratelimit'
const params = { user_id: pathText() }
const errors = ['M_UNKNOWN', 'M_NOT_FOUND', 'M_INVALID_PARAM'] as const
const count = (name: string, description: string) =>
  integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    errcode: 'M_INVALID_PARAM',
    error: `${name} parameter must be a positive int`,
    description,
  })

export const getRateLimitOverride = endpoint({
  id: 'admin.users.ratelimit_get',
  method: 'GET',
  path,
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'The rate limit set for a user; empty where there is none',
  source,
  params,
  response: Type.Object({ messages_per_second: optional(integer()), burst_count: optional(integer()) }),
  errors,
})

export const setRateLimitOverride = endpoint({
  id: 'admin.users.ratelimit_set',
  method: 'POST',
  path,
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Set another limit on the messages of a user, or take away all limits; acts at once',
  source,
  params,
  optionalBody: {
    messages_per_second: count('messages_per_second', '0: no limits at all'),
    burst_count: count('burst_count', 'how many messages may come at once'),
  },
  response: Type.Object({ messages_per_second: integer(), burst_count: integer() }),
  errors,
})

export const deleteRateLimitOverride = endpoint({
  id: 'admin.users.ratelimit_delete',
  method: 'DELETE',
  path,
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Let the configured rate limits count for a user again',
  source,
  params,
  errors,
})
