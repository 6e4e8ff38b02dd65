import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { text } from '../fields.ts'
import { Type } from '../schema.ts'

const answer = Type.Object({ sub: text(), username: text() })

export const getUserinfo = endpoint({
  id: 'oauth.userinfo.get',
  method: 'GET',
  path: '/oauth2/userinfo',
  surface: 'oauth',
  access: access.oauthClient,
  summary: 'Who the token belongs to',
  source: 'OpenID Connect Core 1.0 section 5.3',
  response: answer,
})

export const postUserinfo = endpoint({
  id: 'oauth.userinfo.post',
  method: 'POST',
  path: '/oauth2/userinfo',
  surface: 'oauth',
  access: access.oauthClient,
  summary: 'The same',
  source: 'OpenID Connect Core 1.0 section 5.3',
  response: answer,
})
