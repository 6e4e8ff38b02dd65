import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'
import { clientFields } from './client-credentials-fields.ts'

export const exchangeToken = endpoint({
  id: 'oauth.token.exchange',
  method: 'POST',
  path: '/oauth2/token',
  surface: 'oauth',
  access: access.oauthClient,
  summary: 'Trades a code, a device code, a refresh token or client credentials for tokens',
  source: 'RFC 6749 sections 4.1.3, 4.4.2 and 6; RFC 8628 section 3.4',
  form: {
    ...clientFields,
    grant_type: optional(text()),
    code: optional(text()),
    redirect_uri: optional(text()),
    code_verifier: optional(text()),
    refresh_token: optional(text()),
    device_code: optional(text()),
    scope: optional(text()),
  },
  response: Type.Object({
    access_token: text(),
    token_type: text(),
    expires_in: integer({ description: 'seconds' }),
    refresh_token: optional(text()),
    id_token: optional(text()),
    scope: optional(text()),
  }),
})

export const revokeToken = endpoint({
  id: 'oauth.token.revoke',
  method: 'POST',
  path: '/oauth2/revoke',
  surface: 'oauth',
  access: access.oauthClient,
  summary: 'Ends the session of a token, and its device',
  source: 'RFC 7009; Client-Server API, "Token revocation"',
  form: { ...clientFields, token: optional(text()), token_type_hint: optional(text()) },
})

export const introspectToken = endpoint({
  id: 'oauth.token.introspect',
  method: 'POST',
  path: '/oauth2/introspect',
  surface: 'oauth',
  access: access.oauthClient,
  summary: 'Tells a confidential client what a token is good for',
  source: 'RFC 7662',
  form: { ...clientFields, token: optional(text()), token_type_hint: optional(text()) },
  response: Type.Object({
    active: Type.Boolean(),
    scope: optional(text()),
    client_id: optional(text()),
    username: optional(text()),
    sub: optional(text()),
    token_type: optional(text()),
    exp: optional(integer()),
    expires_in: optional(integer()),
    iat: optional(integer()),
    nbf: optional(integer()),
    jti: optional(text()),
    device_id: optional(text()),
  }),
})
