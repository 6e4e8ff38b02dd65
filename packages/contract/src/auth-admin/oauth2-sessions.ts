import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { list, nullable, oneOf, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, sessionFilters, single } from './json-api.ts'

const PATH = '/api/admin/v1/oauth2-sessions'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, oauth2-session' } as const

const attributes = {
  created_at: text(),
  finished_at: nullable(text()),
  user_id: nullable(text()),
  user_session_id: nullable(text()),
  client_id: text(),
  scope: text(),
  user_agent: nullable(text()),
  last_active_at: nullable(text()),
  last_active_ip: nullable(text()),
  human_name: nullable(text()),
}

export const listOAuth2Sessions = endpoint({
  ...common,
  id: 'auth_admin.oauth2_sessions.list',
  method: 'GET',
  path: PATH,
  summary: 'OAuth sessions, page by page',
  query: {
    ...pageQuery,
    'filter[user]': optional(text()),
    'filter[client]': optional(list(text(), { description: 'one of these clients' })),
    'filter[client-kind]': optional(oneOf(['dynamic', 'static'])),
    'filter[user-session]': optional(text()),
    'filter[scope]': optional(list(text(), { description: 'all of these' })),
    ...sessionFilters,
  },
  response: paged(attributes),
})

export const getOAuth2Session = endpoint({
  ...common,
  id: 'auth_admin.oauth2_sessions.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One OAuth session',
  params: { id: pathText() },
  response: single(attributes),
})

export const finishOAuth2Session = endpoint({
  ...common,
  id: 'auth_admin.oauth2_sessions.finish',
  method: 'POST',
  path: `${PATH}/{id}/finish`,
  summary: 'Ends an OAuth session, its tokens and its device',
  params: { id: pathText() },
  response: single(attributes),
})
