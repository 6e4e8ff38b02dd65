import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { nullable, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, sessionFilters, single } from './json-api.ts'

const PATH = '/api/admin/v1/user-sessions'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, user-session' } as const

const attributes = {
  created_at: text(),
  finished_at: nullable(text()),
  user_id: text(),
  user_agent: nullable(text()),
  last_active_at: nullable(text()),
  last_active_ip: nullable(text()),
}

export const listUserSessions = endpoint({
  ...common,
  id: 'auth_admin.user_sessions.list',
  method: 'GET',
  path: PATH,
  summary: 'Signed-in browsers, page by page',
  query: {
    ...pageQuery,
    'filter[user]': optional(text()),
    ...sessionFilters,
  },
  response: paged(attributes),
})

export const getUserSession = endpoint({
  ...common,
  id: 'auth_admin.user_sessions.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One signed-in browser',
  params: { id: pathText() },
  response: single(attributes),
})

export const finishUserSession = endpoint({
  ...common,
  id: 'auth_admin.user_sessions.finish',
  method: 'POST',
  path: `${PATH}/{id}/finish`,
  summary: 'Signs a browser out; sessions that were started from it stay',
  params: { id: pathText() },
  response: single(attributes),
})
