import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, nullable, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, single } from './json-api.ts'

const PATH = '/api/admin/v1/user-registration-tokens'
const source = 'MAS Admin API, user-registration-token'
const common = { surface: 'auth-admin', access: access.authAdmin, source } as const

const attributes = {
  token: text(),
  valid: flag({ description: 'whether it could be used now' }),
  usage_limit: nullable(integer()),
  times_used: integer(),
  created_at: text(),
  last_used_at: nullable(text()),
  expires_at: nullable(text()),
  revoked_at: nullable(text()),
}

const limits = {
  usage_limit: optional(nullable(integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))),
  expires_at: optional(nullable(text({ description: 'RFC 3339' }))),
}

export const listUserRegistrationTokens = endpoint({
  ...common,
  id: 'auth_admin.user_registration_tokens.list',
  method: 'GET',
  path: PATH,
  summary: 'Registration tokens, page by page',
  query: {
    ...pageQuery,
    'filter[used]': optional(flag()),
    'filter[revoked]': optional(flag()),
    'filter[expired]': optional(flag()),
    'filter[valid]': optional(flag()),
  },
  response: paged(attributes),
})

export const addUserRegistrationToken = endpoint({
  ...common,
  id: 'auth_admin.user_registration_tokens.add',
  method: 'POST',
  path: PATH,
  summary: 'Makes a registration token',
  body: { token: optional(nullable(text())), ...limits },
  status: 201,
  response: single(attributes),
})

export const getUserRegistrationToken = endpoint({
  ...common,
  id: 'auth_admin.user_registration_tokens.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One registration token',
  params: { id: pathText() },
  response: single(attributes),
})

export const updateUserRegistrationToken = endpoint({
  ...common,
  id: 'auth_admin.user_registration_tokens.update',
  method: 'PUT',
  path: `${PATH}/{id}`,
  summary: 'Changes the limits of a registration token: what is left out stays, null removes the limit',
  params: { id: pathText() },
  body: limits,
  response: single(attributes),
})

export const revokeUserRegistrationToken = endpoint({
  ...common,
  id: 'auth_admin.user_registration_tokens.revoke',
  method: 'POST',
  path: `${PATH}/{id}/revoke`,
  summary: 'Ends the use of a registration token',
  params: { id: pathText() },
  response: single(attributes),
})

export const unrevokeUserRegistrationToken = endpoint({
  ...common,
  id: 'auth_admin.user_registration_tokens.unrevoke',
  method: 'POST',
  path: `${PATH}/{id}/unrevoke`,
  summary: 'Lets a revoked registration token be used again',
  params: { id: pathText() },
  response: single(attributes),
})
