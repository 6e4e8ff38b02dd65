import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const endUpstreamLogins = endpoint({
  id: 'oauth.backchannel_logout',
  method: 'POST',
  path: '/upstream/backchannel-logout/{id}',
  surface: 'oauth',
  access: access.sharedSecret,
  summary: 'An identity provider tells that somebody has left there',
  source: 'OpenID Connect Back-Channel Logout 1.0 section 2.5; path as in MAS',
  params: { id: text({ description: 'of the provider' }) },
  form: { logout_token: optional(text()) },
  response: Type.Object({}),
})
