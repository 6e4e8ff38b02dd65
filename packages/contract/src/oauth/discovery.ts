import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, list, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

const metadata = Type.Object({
  issuer: text(),
  authorization_endpoint: text(),
  token_endpoint: text(),
  registration_endpoint: text(),
  revocation_endpoint: text(),
  introspection_endpoint: text(),
  userinfo_endpoint: text(),
  jwks_uri: text(),
  device_authorization_endpoint: optional(text()),
  scopes_supported: list(text()),
  response_types_supported: list(text()),
  response_modes_supported: list(text()),
  grant_types_supported: list(text()),
  code_challenge_methods_supported: list(text()),
  token_endpoint_auth_methods_supported: list(text()),
  token_endpoint_auth_signing_alg_values_supported: list(text()),
  revocation_endpoint_auth_methods_supported: list(text()),
  revocation_endpoint_auth_signing_alg_values_supported: list(text()),
  introspection_endpoint_auth_methods_supported: list(text()),
  introspection_endpoint_auth_signing_alg_values_supported: list(text()),
  id_token_signing_alg_values_supported: list(text()),
  subject_types_supported: list(text()),
  display_values_supported: list(text()),
  claim_types_supported: list(text()),
  claims_supported: list(text()),
  authorization_response_iss_parameter_supported: flag(),
  claims_parameter_supported: flag(),
  request_parameter_supported: flag(),
  request_uri_parameter_supported: flag(),
  prompt_values_supported: list(text()),
  account_management_uri: text(),
  account_management_actions_supported: list(text()),
})

export const getOpenIdConfiguration = endpoint({
  id: 'oauth.discovery.get',
  method: 'GET',
  path: '/.well-known/openid-configuration',
  aliases: ['/.well-known/oauth-authorization-server'],
  surface: 'oauth',
  access: access.public,
  summary: 'What the auth service can do and where',
  source: 'OpenID Connect Discovery 1.0; RFC 8414',
  response: metadata,
})

export const getAuthMetadata = endpoint({
  id: 'oauth.auth_metadata.get',
  method: 'GET',
  path: '/_matrix/client/v1/auth_metadata',
  aliases: ['/_matrix/client/unstable/org.matrix.msc2965/auth_metadata'],
  surface: 'client',
  access: access.public,
  summary: 'The same, where Matrix clients look for it',
  source: 'Client-Server API, "Server metadata discovery"',
  response: metadata,
})

export const getAuthIssuer = endpoint({
  id: 'oauth.auth_issuer.get',
  method: 'GET',
  path: '/_matrix/client/unstable/org.matrix.msc2965/auth_issuer',
  surface: 'client',
  access: access.public,
  summary: 'The issuer, for older clients',
  source: 'MSC2965, earlier form',
  response: Type.Object({ issuer: text() }),
  deprecated: true,
})

export const getKeys = endpoint({
  id: 'oauth.keys.get',
  method: 'GET',
  path: '/oauth2/keys.json',
  surface: 'oauth',
  access: access.public,
  summary: 'Public keys that check ID tokens',
  source: 'RFC 7517',
  response: Type.Object({ keys: list(anyObject()) }),
})

export const getWebfinger = endpoint({
  id: 'oauth.webfinger.get',
  method: 'GET',
  path: '/.well-known/webfinger',
  surface: 'oauth',
  access: access.public,
  summary: 'Names the issuer of an account',
  source: 'OpenID Connect Discovery 1.0 section 2; RFC 7033',
  query: { resource: optional(text()), rel: optional(text()) },
  response: Type.Object({ subject: text(), links: list(Type.Object({ rel: text(), href: text() })) }),
})
