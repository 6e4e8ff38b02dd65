import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, anything, integer, list, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

/** Members are checked by the registration itself: it answers `invalid_client_metadata` and not a Matrix error. */
const member = (description: string) => optional(anything({ description }))

export const registerClient = endpoint({
  id: 'oauth.clients.register',
  method: 'POST',
  path: '/oauth2/registration',
  surface: 'oauth',
  access: access.public,
  summary: 'Registers an OAuth client; the same metadata gives the same client',
  source: 'RFC 7591; Client-Server API, "Client registration"',
  body: {
    redirect_uris: member('list of URIs; required for the authorization code grant'),
    response_types: member('list of strings'),
    grant_types: member('list of strings; default authorization_code'),
    application_type: member('web (default) or native'),
    contacts: member('list of strings'),
    client_name: member('string; also with a language, client_name#de'),
    client_uri: member('https URL'),
    logo_uri: member('https URL on the host of client_uri'),
    policy_uri: member('https URL on the host of client_uri'),
    tos_uri: member('https URL on the host of client_uri'),
    token_endpoint_auth_method: member('none, client_secret_basic (default), client_secret_post, client_secret_jwt or private_key_jwt'),
    token_endpoint_auth_signing_alg: member('string; required for the two methods that sign'),
    jwks: member('the public keys of the client; or jwks_uri'),
    jwks_uri: member('https URL'),
    id_token_signed_response_alg: member('RS256 (default), RS384, RS512, PS256, PS384, PS512 or ES256'),
    software_id: member('string'),
    software_version: member('string'),
  },
  response: Type.Object({
    client_id: text({ description: 'ULID' }),
    client_id_issued_at: integer({ description: 'seconds since 1970' }),
    client_secret: optional(text()),
    client_secret_expires_at: optional(integer()),
    redirect_uris: list(text()),
    grant_types: list(text()),
    response_types: list(text()),
    application_type: text(),
    client_name: optional(text()),
    client_uri: optional(text()),
    logo_uri: optional(text()),
    policy_uri: optional(text()),
    tos_uri: optional(text()),
    contacts: optional(list(text())),
    jwks_uri: optional(text()),
    jwks: optional(anyObject()),
    token_endpoint_auth_method: text(),
    token_endpoint_auth_signing_alg: optional(text()),
    id_token_signed_response_alg: optional(text()),
  }),
  maxBodyBytes: 64 * 1024,
  status: 201,
})
