import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, nullable, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, single } from './json-api.ts'

const PATH = '/api/admin/v1/upstream-oauth-providers'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, upstream-oauth-provider' } as const

const attributes = {
  issuer: nullable(text()),
  human_name: nullable(text()),
  brand_name: nullable(text()),
  created_at: text(),
  disabled_at: nullable(text()),
  registration_token_required: flag(),
}

export const listUpstreamOAuthProviders = endpoint({
  ...common,
  id: 'auth_admin.upstream_oauth_providers.list',
  method: 'GET',
  path: PATH,
  summary: 'Identity providers to sign in with, page by page; they come from the configuration',
  query: { ...pageQuery, 'filter[enabled]': optional(flag()) },
  response: paged(attributes),
})

export const getUpstreamOAuthProvider = endpoint({
  ...common,
  id: 'auth_admin.upstream_oauth_providers.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One identity provider',
  params: { id: pathText() },
  response: single(attributes),
})
