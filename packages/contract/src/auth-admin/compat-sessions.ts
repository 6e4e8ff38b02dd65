import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { nullable, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, sessionFilters, single } from './json-api.ts'

const PATH = '/api/admin/v1/compat-sessions'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, compat-session' } as const

const attributes = {
  user_id: text(),
  device_id: nullable(text()),
  user_session_id: nullable(text()),
  redirect_uri: nullable(text()),
  created_at: text(),
  user_agent: nullable(text()),
  last_active_at: nullable(text()),
  last_active_ip: nullable(text()),
  finished_at: nullable(text()),
  human_name: nullable(text()),
}

export const listCompatSessions = endpoint({
  ...common,
  id: 'auth_admin.compat_sessions.list',
  method: 'GET',
  path: PATH,
  summary: 'Sessions of the legacy login API, page by page',
  query: {
    ...pageQuery,
    'filter[user]': optional(text()),
    'filter[user-session]': optional(text()),
    ...sessionFilters,
  },
  response: paged(attributes),
})

export const getCompatSession = endpoint({
  ...common,
  id: 'auth_admin.compat_sessions.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One session of the legacy login API',
  params: { id: pathText() },
  response: single(attributes),
})

export const finishCompatSession = endpoint({
  ...common,
  id: 'auth_admin.compat_sessions.finish',
  method: 'POST',
  path: `${PATH}/{id}/finish`,
  summary: 'Ends a session of the legacy login API, its tokens and its device',
  params: { id: pathText() },
  response: single(attributes),
})
