import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

export const authorize = endpoint({
  id: 'oauth.authorization.start',
  method: 'GET',
  path: '/authorize',
  surface: 'page',
  access: access.browser,
  summary: 'Starts the authorization code grant in the browser',
  source: 'RFC 6749 section 4.1; RFC 7636; Client-Server API, "Authorization code flow"',
  query: {
    response_type: optional(text()),
    response_mode: optional(text()),
    client_id: optional(text()),
    redirect_uri: optional(text()),
    scope: optional(text()),
    state: optional(text()),
    nonce: optional(text()),
    prompt: optional(text()),
    login_hint: optional(text()),
    code_challenge: optional(text()),
    code_challenge_method: optional(text()),
    request: optional(text()),
    request_uri: optional(text()),
    registration: optional(text()),
  },
  produces: 'html',
})
