import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, pathText } from '../fields.ts'

const source = 'Client-Server API, "Profiles"'
const params = { user_id: pathText(), key_name: pathText() }

export const getProfile = endpoint({
  id: 'client.profile.get',
  method: 'GET',
  path: '/_matrix/client/v3/profile/{user_id}',
  surface: 'client',
  access: access.public,
  summary: 'All fields of a profile',
  source,
  params: { user_id: pathText() },
  response: anyObject(),
  errors: ['M_NOT_FOUND', 'M_INVALID_PARAM'],
})

export const getProfileField = endpoint({
  id: 'client.profile.get_field',
  method: 'GET',
  path: '/_matrix/client/v3/profile/{user_id}/{key_name}',
  aliases: ['/_matrix/client/unstable/uk.tcpip.msc4133/profile/{user_id}/{key_name}'],
  surface: 'client',
  access: access.public,
  summary: 'One field of a profile: displayname, avatar_url or another',
  source,
  params,
  response: anyObject(),
  errors: ['M_NOT_FOUND', 'M_INVALID_PARAM'],
})

export const setProfileField = endpoint({
  id: 'client.profile.set_field',
  method: 'PUT',
  path: '/_matrix/client/v3/profile/{user_id}/{key_name}',
  aliases: ['/_matrix/client/unstable/uk.tcpip.msc4133/profile/{user_id}/{key_name}'],
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Sets one field of the own profile; the body has the field under its name',
  source,
  params,
  body: {},
  errors: ['M_FORBIDDEN', 'M_MISSING_PARAM', 'M_INVALID_PARAM', 'M_KEY_TOO_LARGE', 'M_PROFILE_TOO_LARGE', 'M_USER_SUSPENDED'],
})

export const deleteProfileField = endpoint({
  id: 'client.profile.delete_field',
  method: 'DELETE',
  path: '/_matrix/client/v3/profile/{user_id}/{key_name}',
  aliases: ['/_matrix/client/unstable/uk.tcpip.msc4133/profile/{user_id}/{key_name}'],
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Removes one field of the own profile',
  source,
  params,
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_USER_SUSPENDED'],
})
