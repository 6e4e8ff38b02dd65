import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import {
  anyObject,
  anything,
  flag,
  integer,
  list,
  nullable,
  oneOf,
  optional,
  pathText,
  record,
  text,
  timestampMs,
  userIdParam,
} from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "User Admin API"'

const user = Type.Object({
  name: text({ description: 'user id' }),
  displayname: nullable(text()),
  avatar_url: nullable(text()),
  threepids: list(Type.Object({ medium: text(), address: text(), added_at: timestampMs(), validated_at: timestampMs() })),
  external_ids: list(Type.Object({ auth_provider: text(), external_id: text() })),
  is_guest: flag(),
  admin: flag(),
  deactivated: flag(),
  erased: flag(),
  locked: flag(),
  suspended: flag(),
  shadow_banned: flag(),
  creation_ts: integer({ description: 'SECONDS since 1970-01-01 UTC' }),
  last_seen_ts: nullable(timestampMs()),
  appservice_id: nullable(text()),
  consent_server_notice_sent: nullable(text()),
  consent_version: nullable(text()),
  consent_ts: nullable(timestampMs()),
  user_type: nullable(text()),
})

const userInList = Type.Object({
  name: text({ description: 'user id' }),
  is_guest: flag(),
  admin: flag(),
  user_type: nullable(text()),
  deactivated: flag(),
  erased: flag(),
  shadow_banned: flag(),
  displayname: nullable(text()),
  avatar_url: nullable(text()),
  creation_ts: timestampMs(),
  last_seen_ts: nullable(timestampMs()),
  locked: flag(),
  approved: flag(),
})

export const userListOrders = [
  'name',
  'displayname',
  'is_guest',
  'admin',
  'deactivated',
  'user_type',
  'avatar_url',
  'shadow_banned',
  'creation_ts',
  'last_seen_ts',
  'locked',
] as const

const listQuery = {
  from: integer({ minimum: 0, default: 0, description: 'how many rows to pass over' }),
  limit: integer({ minimum: 0, default: 100 }),
  user_id: optional(text({ description: 'part of the user id' })),
  name: optional(text({ description: 'part of the localpart or of the display name; then `user_id` does not count' })),
  guests: flag({ default: true, description: 'false: without guests' }),
  admins: optional(flag({ description: 'true: only admins; false: only others' })),
  locked: flag({ default: false, description: 'true: with locked users' }),
  not_user_type: optional(list(text(), { description: 'types to leave out; empty: users without a type' })),
  order_by: oneOf(userListOrders, { default: 'name' }),
  dir: oneOf(['b', 'f'], { default: 'f' }),
}

const userList = Type.Object({
  users: list(userInList),
  next_token: optional(text({ description: '`from` of the next page; absent on the last' })),
  total: integer(),
})

export const listUsersV2 = endpoint({
  id: 'admin.users.list_v2',
  method: 'GET',
  path: '/_synapse/admin/v2/users',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Local accounts, page by page; deactivated ones only if asked for',
  source,
  query: { ...listQuery, deactivated: flag({ default: false, description: 'true: with deactivated users' }) },
  response: userList,
})

export const listUsersV3 = endpoint({
  id: 'admin.users.list_v3',
  method: 'GET',
  path: '/_synapse/admin/v3/users',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Local accounts, page by page',
  source,
  query: { ...listQuery, deactivated: optional(flag({ description: 'true: only deactivated users; false: only others' })) },
  response: userList,
})

export const getUser = endpoint({
  id: 'admin.users.get_v2',
  method: 'GET',
  path: '/_synapse/admin/v2/users/{user_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Everything about one local account',
  source,
  params: { user_id: userIdParam({ local: 'Can only look up local users' }) },
  response: user,
  errors: ['M_NOT_FOUND'],
})

export const putUser = endpoint({
  id: 'admin.users.put_v2',
  method: 'PUT',
  path: '/_synapse/admin/v2/users/{user_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Makes an account (201) or changes one (200); all or nothing',
  source,
  params: { user_id: userIdParam({ local: 'This endpoint can only be used with local users' }) },
  body: {
    password: optional(nullable(text({ maxLength: 512 }), { errcode: 'M_UNKNOWN', error: 'Invalid password', writeOnly: true })),
    logout_devices: flag({ default: true, errcode: 'M_UNKNOWN', error: "'logout_devices' parameter is not of type boolean" }),
    displayname: optional(anything({ description: 'text of at most 256 characters; empty: none' })),
    avatar_url: optional(anything({ description: 'text of at most 1000 characters; empty: none' })),
    threepids: optional(nullable(list(anyObject()), { description: 'all of them: `[{medium, address}]`' })),
    external_ids: optional(nullable(list(anyObject()), { description: 'all of them: `[{auth_provider, external_id}]`' })),
    admin: optional(flag({ error: "Param 'admin' must be a boolean, if given" })),
    deactivated: optional(flag({ errcode: 'M_UNKNOWN', error: "'deactivated' parameter is not of type boolean" })),
    locked: optional(flag({ errcode: 'M_UNKNOWN', error: "'locked' parameter is not of type boolean" })),
    user_type: optional(nullable(oneOf(['bot', 'support']), { errcode: 'M_UNKNOWN', error: 'Invalid user type' })),
  },
  response: user,
  errors: ['M_INVALID_USERNAME', 'M_USER_IN_USE', 'M_INVALID_PARAM', 'M_MISSING_PARAM', 'M_FORBIDDEN', 'M_UNKNOWN'],
})

export const isUserAdmin = endpoint({
  id: 'admin.users.admin_get',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/admin',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Whether the user is a server admin',
  source,
  params: { user_id: userIdParam({ local: 'Only local users can be admins of this homeserver' }) },
  response: Type.Object({ admin: flag() }),
})

export const setUserAdmin = endpoint({
  id: 'admin.users.admin_put',
  method: 'PUT',
  path: '/_synapse/admin/v1/users/{user_id}/admin',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Makes the user a server admin, or no longer one',
  source,
  params: { user_id: userIdParam({ local: 'Only local users can be admins of this homeserver' }) },
  body: { admin: anything({ description: 'boolean' }) },
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const deactivateUser = endpoint({
  id: 'admin.users.deactivate',
  method: 'POST',
  path: '/_synapse/admin/v1/deactivate/{target_user_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Ends an account for good',
  source,
  params: { target_user_id: userIdParam({ local: 'Can only deactivate local users' }) },
  optionalBody: { erase: flag({ default: false, error: "Param 'erase' must be a boolean, if given" }) },
  response: Type.Object({ id_server_unbind_result: text() }),
  errors: ['M_NOT_FOUND'],
})

export const resetPassword = endpoint({
  id: 'admin.users.reset_password',
  method: 'POST',
  path: '/_synapse/admin/v1/reset_password/{target_user_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Sets a password; sessions and devices of the user end unless they are to stay',
  source,
  params: { target_user_id: userIdParam() },
  body: {
    new_password: text({ errcode: 'M_INVALID_PARAM', error: 'new_password must be a string', writeOnly: true }),
    logout_devices: optional(anything({ description: 'boolean; default true' })),
  },
  errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
})

export const whois = endpoint({
  id: 'admin.users.whois',
  method: 'GET',
  path: '/_synapse/admin/v1/whois/{user_id}',
  aliases: ['v3', 'r0', 'unstable', 'api/v1'].map((version) => `/_matrix/client/${version}/admin/whois/{user_id}`),
  surface: 'admin',
  access: access.user,
  summary: 'From where an account was used; users may ask about themselves',
  source,
  params: { user_id: userIdParam({ local: 'Can only whois a local user' }) },
  response: Type.Object({
    user_id: text(),
    devices: record(
      Type.Object({
        sessions: list(Type.Object({ connections: list(Type.Object({ ip: text(), last_seen: timestampMs(), user_agent: text() })) })),
      }),
    ),
  }),
  errors: ['M_FORBIDDEN'],
})

export const listJoinedRooms = endpoint({
  id: 'admin.users.joined_rooms',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/joined_rooms',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Rooms that the user is in; for users of other servers those that this server knows of',
  source,
  params: { user_id: pathText() },
  response: Type.Object({ joined_rooms: list(text()), total: integer() }),
})

export const loginAsUser = endpoint({
  id: 'admin.users.login_as',
  method: 'POST',
  path: '/_synapse/admin/v1/users/{user_id}/login',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'An access token that acts as the user, without a device; owned by the caller',
  source,
  params: { user_id: pathText() },
  optionalBody: {
    valid_until_ms: optional(
      nullable(integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }), {
        errcode: 'M_UNKNOWN',
        error: "'valid_until_ms' parameter must be an int",
      }),
    ),
  },
  response: Type.Object({ access_token: text() }),
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const isUsernameAvailable = endpoint({
  id: 'admin.users.username_available',
  method: 'GET',
  path: '/_synapse/admin/v1/username_available',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Whether an account of this name could be made',
  source,
  query: { username: text() },
  response: Type.Object({ available: flag() }),
  errors: ['M_USER_IN_USE', 'M_INVALID_USERNAME'],
})
