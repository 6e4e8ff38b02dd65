import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, oneOf, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, single } from './json-api.ts'

const PATH = '/api/admin/v1/personal-sessions'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, personal-session' } as const

const attributes = {
  created_at: text(),
  revoked_at: nullable(text()),
  owner_user_id: nullable(text()),
  owner_client_id: nullable(text()),
  actor_user_id: text({ description: 'as whom the token acts' }),
  human_name: text(),
  scope: text(),
  last_active_at: nullable(text()),
  last_active_ip: nullable(text()),
  expires_at: nullable(text()),
  access_token: optional(text({ description: 'only when it is made: it is never shown again' })),
}

const expiresIn = optional(
  nullable(integer({ minimum: 0, maximum: 4_294_967_295, description: 'seconds; absent or null: until it is revoked' })),
)

export const listPersonalSessions = endpoint({
  ...common,
  id: 'auth_admin.personal_sessions.list',
  method: 'GET',
  path: PATH,
  summary: 'Personal access tokens, page by page',
  query: {
    ...pageQuery,
    'filter[owner_user]': optional(text()),
    'filter[owner_client]': optional(text()),
    'filter[actor_user]': optional(text()),
    'filter[scope]': optional(list(text(), { description: 'all of these' })),
    'filter[status]': optional(oneOf(['active', 'revoked'])),
    'filter[expires_before]': optional(text({ description: 'RFC 3339' })),
    'filter[expires_after]': optional(text({ description: 'RFC 3339' })),
    'filter[expires]': optional(flag({ description: 'whether there is an end at all' })),
  },
  response: paged(attributes),
})

export const createPersonalSession = endpoint({
  ...common,
  id: 'auth_admin.personal_sessions.create',
  method: 'POST',
  path: PATH,
  summary: 'Makes a personal access token: owned by whoever asks, acting as the user that is named',
  body: { actor_user_id: text(), human_name: text(), scope: text({ description: 'separated by spaces' }), expires_in: expiresIn },
  status: 201,
  response: single(attributes),
})

export const getPersonalSession = endpoint({
  ...common,
  id: 'auth_admin.personal_sessions.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One personal access token',
  params: { id: pathText() },
  response: single(attributes),
})

export const revokePersonalSession = endpoint({
  ...common,
  id: 'auth_admin.personal_sessions.revoke',
  method: 'POST',
  path: `${PATH}/{id}/revoke`,
  summary: 'Ends a personal access token, and its device',
  params: { id: pathText() },
  response: single(attributes),
})

export const regeneratePersonalSession = endpoint({
  ...common,
  id: 'auth_admin.personal_sessions.regenerate',
  method: 'POST',
  path: `${PATH}/{id}/regenerate`,
  summary: 'Puts a new personal access token in the place of the old one, which ends at once; only for its owner',
  params: { id: pathText() },
  body: { expires_in: expiresIn },
  status: 201,
  response: single(attributes),
})
