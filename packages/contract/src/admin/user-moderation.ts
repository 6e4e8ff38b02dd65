import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, pathText, record, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "User Admin API"'
const specSource = 'Client-Server API, "Account moderation"'

export const suspendUser = endpoint({
  id: 'admin.users.suspend',
  method: 'PUT',
  path: '/_synapse/admin/v1/suspend/{target_user_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Suspends an account, or ends that: a suspended user may read and leave, but neither send nor join',
  source,
  params: { target_user_id: userIdParam({ local: 'Can only suspend local users' }) },
  body: { suspend: flag() },
  response: record(flag(), { description: '`user_<user id>_suspended`' }),
  errors: ['M_NOT_FOUND'],
})

export const shadowBanUser = endpoint({
  id: 'admin.users.shadow_ban_set',
  method: 'POST',
  path: '/_synapse/admin/v1/users/{user_id}/shadow_ban',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Shadow-bans a user: what the user sends appears to work and reaches nobody',
  source,
  params: { user_id: pathText() },
  errors: ['M_UNKNOWN', 'M_NOT_FOUND'],
})

export const liftShadowBan = endpoint({
  id: 'admin.users.shadow_ban_clear',
  method: 'DELETE',
  path: '/_synapse/admin/v1/users/{user_id}/shadow_ban',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Ends a shadow-ban',
  source,
  params: { user_id: pathText() },
  errors: ['M_UNKNOWN', 'M_NOT_FOUND'],
})

const moderated = { user_id: pathText() }
const refusals = ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_NOT_FOUND'] as const

export const isSuspended = endpoint({
  id: 'client.moderation.get_suspended',
  method: 'GET',
  path: '/_matrix/client/v1/admin/suspend/{user_id}',
  surface: 'client',
  access: access.serverAdmin,
  summary: 'Whether an account is suspended',
  source: specSource,
  params: moderated,
  response: Type.Object({ suspended: flag() }),
  errors: refusals,
})

export const setSuspended = endpoint({
  id: 'client.moderation.set_suspended',
  method: 'PUT',
  path: '/_matrix/client/v1/admin/suspend/{user_id}',
  surface: 'client',
  access: access.serverAdmin,
  summary: 'Suspends an account, or ends that',
  source: specSource,
  params: moderated,
  body: { suspended: flag() },
  response: Type.Object({ suspended: flag() }),
  errors: refusals,
})

export const isLocked = endpoint({
  id: 'client.moderation.get_locked',
  method: 'GET',
  path: '/_matrix/client/v1/admin/lock/{user_id}',
  surface: 'client',
  access: access.serverAdmin,
  summary: 'Whether an account is locked',
  source: specSource,
  params: moderated,
  response: Type.Object({ locked: flag() }),
  errors: refusals,
})

export const setLocked = endpoint({
  id: 'client.moderation.set_locked',
  method: 'PUT',
  path: '/_matrix/client/v1/admin/lock/{user_id}',
  surface: 'client',
  access: access.serverAdmin,
  summary: 'Locks an account, or unlocks it',
  source: specSource,
  params: moderated,
  body: { locked: flag() },
  response: Type.Object({ locked: flag() }),
  errors: refusals,
})
