import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, list, nullable, oneOf, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, single } from './json-api.ts'

const PATH = '/api/admin/v1/users'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, user' } as const

const attributes = {
  username: text({ description: 'localpart' }),
  created_at: text(),
  locked_at: nullable(text()),
  deactivated_at: nullable(text()),
  admin: flag(),
  legacy_guest: flag(),
}

export const listUsers = endpoint({
  ...common,
  id: 'auth_admin.users.list',
  method: 'GET',
  path: PATH,
  summary: 'Accounts, page by page',
  query: {
    ...pageQuery,
    'filter[admin]': optional(flag()),
    'filter[legacy-guest]': optional(flag()),
    'filter[search]': optional(text({ description: 'part of the username' })),
    'filter[status]': optional(oneOf(['active', 'locked', 'deactivated'])),
    'filter[active-oauth2-client]': optional(list(text(), { description: 'with a live session of one of these clients' })),
    'filter[has-active-oauth2-session]': optional(flag()),
    'filter[has-active-compat-session]': optional(flag()),
  },
  response: paged(attributes),
})

export const addUser = endpoint({
  ...common,
  id: 'auth_admin.users.add',
  method: 'POST',
  path: PATH,
  summary: 'Makes an account, without a password',
  body: {
    username: text(),
    skip_homeserver_check: optional(flag({ description: 'also if the name is reserved, or the user is there without an account' })),
    displayname: optional(nullable(text())),
    avatar_url: optional(nullable(text())),
  },
  status: 201,
  response: single(attributes),
})

export const getUser = endpoint({
  ...common,
  id: 'auth_admin.users.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One account',
  params: { id: pathText() },
  response: single(attributes),
})

export const getUserByUsername = endpoint({
  ...common,
  id: 'auth_admin.users.get_by_username',
  method: 'GET',
  path: `${PATH}/by-username/{username}`,
  summary: 'One account, by its localpart; case only counts if several differ by it',
  params: { username: pathText() },
  response: single(attributes),
})

export const setUserPassword = endpoint({
  ...common,
  id: 'auth_admin.users.set_password',
  method: 'POST',
  path: `${PATH}/{id}/set-password`,
  summary: 'Sets a password; sessions stay',
  params: { id: pathText() },
  body: { password: text({ writeOnly: true }), skip_password_check: optional(nullable(flag())) },
  status: 204,
})

export const setUserAdmin = endpoint({
  ...common,
  id: 'auth_admin.users.set_admin',
  method: 'POST',
  path: `${PATH}/{id}/set-admin`,
  summary: 'Makes an account an admin, or no admin any more',
  params: { id: pathText() },
  body: { admin: flag() },
  response: single(attributes),
})

export const deactivateUser = endpoint({
  ...common,
  id: 'auth_admin.users.deactivate',
  method: 'POST',
  path: `${PATH}/{id}/deactivate`,
  summary: 'Deactivates an account and, unless told otherwise, erases what it left',
  params: { id: pathText() },
  optionalBody: { skip_erase: optional(flag({ description: 'default false' })) },
  response: single(attributes),
})

export const reactivateUser = endpoint({
  ...common,
  id: 'auth_admin.users.reactivate',
  method: 'POST',
  path: `${PATH}/{id}/reactivate`,
  summary: 'Lets a deactivated account be used again; it has no password then, and a lock stays',
  params: { id: pathText() },
  response: single(attributes),
})

export const lockUser = endpoint({
  ...common,
  id: 'auth_admin.users.lock',
  method: 'POST',
  path: `${PATH}/{id}/lock`,
  summary: 'Locks an account; its sessions stay, and work again once it is unlocked',
  params: { id: pathText() },
  response: single(attributes),
})

export const unlockUser = endpoint({
  ...common,
  id: 'auth_admin.users.unlock',
  method: 'POST',
  path: `${PATH}/{id}/unlock`,
  summary: 'Unlocks an account',
  params: { id: pathText() },
  response: single(attributes),
})
