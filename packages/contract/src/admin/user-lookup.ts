import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, list, nullable, pathText, record, text, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "User Admin API"'

export const findUserByExternalId = endpoint({
  id: 'admin.users.by_external_id',
  method: 'GET',
  path: '/_synapse/admin/v1/auth_providers/{provider}/users/{external_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Who has this id at an identity provider',
  source,
  params: { provider: pathText(), external_id: pathText() },
  response: Type.Object({ user_id: text() }),
  errors: ['M_NOT_FOUND'],
})

export const findUserByThreepid = endpoint({
  id: 'admin.users.by_threepid',
  method: 'GET',
  path: '/_synapse/admin/v1/threepid/{medium}/users/{address}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Who has this e-mail address or phone number',
  source,
  params: { medium: pathText(), address: pathText() },
  response: Type.Object({ user_id: text() }),
  errors: ['M_NOT_FOUND'],
})

export const listMemberships = endpoint({
  id: 'admin.users.memberships',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/memberships',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Memberships of a user by room, also past ones',
  source,
  params: { user_id: pathText() },
  response: Type.Object({ memberships: record(text()) }),
})

export const searchUsers = endpoint({
  id: 'admin.users.search_v1',
  method: 'GET',
  path: '/_synapse/admin/v1/search_users/{target_user_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Users whose id holds a text; at most 1000',
  source: 'Synapse, older admin API',
  params: { target_user_id: userIdParam({ local: 'Can only users a local user' }) },
  query: { term: text() },
  response: list(
    Type.Object({ name: text(), password_hash: nullable(text()), is_guest: flag(), admin: flag(), user_type: nullable(text()) }),
  ),
  deprecated: true,
})
