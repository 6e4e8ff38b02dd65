import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, list, nullable, oneOf, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, single } from './json-api.ts'

const PATH = '/api/admin/v1/oauth2-clients'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, oauth2-client' } as const

const attributes = {
  client_id: text(),
  client_name: nullable(text()),
  client_uri: nullable(text()),
  logo_uri: nullable(text()),
  redirect_uris: list(text()),
  grant_types: list(text()),
  is_static: flag({ description: 'from the configuration, not registered by itself' }),
}

export const listOAuth2Clients = endpoint({
  ...common,
  id: 'auth_admin.oauth2_clients.list',
  method: 'GET',
  path: PATH,
  summary: 'OAuth clients, page by page',
  query: {
    ...pageQuery,
    'filter[client-kind]': optional(oneOf(['dynamic', 'static'])),
    'filter[client-name]': optional(text({ description: 'part of the name' })),
    'filter[client-uri]': optional(text({ description: 'part of the URI' })),
    'filter[grant-type]': optional(text()),
    'filter[has-active-sessions]': optional(flag()),
  },
  response: paged(attributes),
})

export const getOAuth2Client = endpoint({
  ...common,
  id: 'auth_admin.oauth2_clients.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One OAuth client',
  params: { id: pathText() },
  response: single(attributes),
})
