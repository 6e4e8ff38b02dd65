import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, optional, text, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

export const requestToken = endpoint({
  id: 'client.openid.request_token',
  method: 'POST',
  path: '/_matrix/client/v3/user/{userId}/openid/request_token',
  surface: 'client',
  access: access.user,
  summary: 'A token that proves to others who the caller is',
  source: 'Client-Server API, "OpenID"',
  params: { userId: userIdParam() },
  body: {},
  response: Type.Object({ access_token: text(), token_type: text(), matrix_server_name: text(), expires_in: integer() }),
  errors: ['M_FORBIDDEN'],
})

export const getUserinfo = endpoint({
  id: 'federation.openid.userinfo',
  method: 'GET',
  path: '/_matrix/federation/v1/openid/userinfo',
  surface: 'client',
  access: access.public,
  summary: 'Whose OpenID token this is',
  source: 'Server-Server API, "OpenID"',
  query: { access_token: optional(text()) },
  response: Type.Object({ sub: text() }),
  errors: ['M_MISSING_TOKEN', 'M_UNKNOWN_TOKEN'],
})
