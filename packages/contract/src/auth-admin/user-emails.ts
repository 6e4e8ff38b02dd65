import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, single } from './json-api.ts'

const PATH = '/api/admin/v1/user-emails'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, user-email' } as const

const attributes = { created_at: text(), user_id: text(), email: text() }

export const listUserEmails = endpoint({
  ...common,
  id: 'auth_admin.user_emails.list',
  method: 'GET',
  path: PATH,
  summary: 'Confirmed e-mail addresses of accounts, page by page',
  query: { ...pageQuery, 'filter[user]': optional(text()), 'filter[email]': optional(text({ description: 'the whole address' })) },
  response: paged(attributes),
})

export const addUserEmail = endpoint({
  ...common,
  id: 'auth_admin.user_emails.add',
  method: 'POST',
  path: PATH,
  summary: 'Gives an account an e-mail address, which counts as confirmed',
  body: { user_id: text(), email: text() },
  status: 201,
  response: single(attributes),
})

export const getUserEmail = endpoint({
  ...common,
  id: 'auth_admin.user_emails.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One e-mail address',
  params: { id: pathText() },
  response: single(attributes),
})

export const deleteUserEmail = endpoint({
  ...common,
  id: 'auth_admin.user_emails.delete',
  method: 'DELETE',
  path: `${PATH}/{id}`,
  summary: 'Takes an e-mail address away from its account',
  params: { id: pathText() },
  status: 204,
})
