import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, list, optional, record, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const getVersions = endpoint({
  id: 'client.versions.get',
  method: 'GET',
  path: '/_matrix/client/versions',
  surface: 'client',
  access: access.public,
  summary: 'Versions of the specification and unstable features that the server supports',
  source: 'Client-Server API, "API Versions"',
  response: Type.Object({ versions: list(text()), unstable_features: record(flag()) }),
})

export const getCapabilities = endpoint({
  id: 'client.capabilities.get',
  method: 'GET',
  path: '/_matrix/client/v3/capabilities',
  surface: 'client',
  access: access.user,
  summary: 'What the server lets this account do',
  source: 'Client-Server API, "Capabilities negotiation"',
  response: Type.Object({ capabilities: anyObject() }),
})

export const getClientWellKnown = endpoint({
  id: 'client.well_known.get',
  method: 'GET',
  path: '/.well-known/matrix/client',
  surface: 'client',
  access: access.public,
  summary: 'Where clients find this homeserver',
  source: 'Client-Server API, "Well-known URIs"',
  response: Type.Object({
    'm.homeserver': Type.Object({ base_url: text() }),
    'org.matrix.msc2965.authentication': optional(Type.Object({ issuer: text(), account: text() })),
    'org.matrix.msc4143.rtc_foci': optional(list(anyObject())),
  }),
})

export const getSupport = endpoint({
  id: 'client.well_known.support',
  method: 'GET',
  path: '/.well-known/matrix/support',
  surface: 'client',
  access: access.public,
  summary: 'Whom users of this server turn to',
  source: 'Client-Server API, "Server administration"',
  response: Type.Object({
    contacts: optional(list(Type.Object({ matrix_id: optional(text()), email_address: optional(text()), role: text() }))),
    support_page: optional(text()),
  }),
  errors: ['M_NOT_FOUND'],
})
