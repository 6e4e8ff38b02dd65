import { access } from '../access.ts'
import { adminRoles } from '../admin-roles.ts'
import { endpoint } from '../endpoint.ts'
import { flag, list, nullable, oneOf, text, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Glia, docs/roles.md'
const user = { user_id: userIdParam({ local: 'Only local users have a role' }) }
const role = nullable(oneOf(adminRoles))

export const getOwnAdminRole = endpoint({
  id: 'glia.admin_roles.get_own',
  method: 'GET',
  path: '/_glia/admin/v1/whoami',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'What the token may do: everything (`admin`), or what its role may',
  source,
  response: Type.Object({
    user_id: text(),
    admin: flag(),
    role,
    operations: nullable(list(text()), { description: 'ids of the endpoints that the role may call; null: all' }),
  }),
})

export const getAdminRole = endpoint({
  id: 'glia.admin_roles.get',
  method: 'GET',
  path: '/_glia/admin/v1/users/{user_id}/role',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'Which role an account has beside being an admin or not',
  source,
  params: user,
  response: Type.Object({ admin: flag(), role }),
  errors: ['M_NOT_FOUND'],
})

export const setAdminRole = endpoint({
  id: 'glia.admin_roles.set',
  method: 'PUT',
  path: '/_glia/admin/v1/users/{user_id}/role',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'Makes an account a helper with a role, or (null) takes the role away; works at once for its tokens',
  source,
  params: user,
  body: { role },
  response: Type.Object({ admin: flag(), role }),
  errors: ['M_NOT_FOUND'],
})
