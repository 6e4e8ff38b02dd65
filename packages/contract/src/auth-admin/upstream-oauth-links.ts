import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { nullable, optional, pathText, text } from '../fields.ts'
import { paged, pageQuery, single } from './json-api.ts'

const PATH = '/api/admin/v1/upstream-oauth-links'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, upstream-oauth-link' } as const

const attributes = {
  created_at: text(),
  provider_id: text(),
  subject: text({ description: 'who it is at the provider' }),
  user_id: nullable(text()),
  human_account_name: nullable(text()),
}

export const listUpstreamOAuthLinks = endpoint({
  ...common,
  id: 'auth_admin.upstream_oauth_links.list',
  method: 'GET',
  path: PATH,
  summary: 'Who is who at identity providers, page by page',
  query: {
    ...pageQuery,
    'filter[user]': optional(text()),
    'filter[provider]': optional(text()),
    'filter[subject]': optional(text()),
    'filter[human-account-name]': optional(text({ description: 'part of the name' })),
  },
  response: paged(attributes),
})

export const addUpstreamOAuthLink = endpoint({
  ...common,
  id: 'auth_admin.upstream_oauth_links.add',
  method: 'POST',
  path: PATH,
  summary: 'Links somebody at an identity provider to an account; 200 if the link was there without one',
  body: { user_id: text(), provider_id: text(), subject: text(), human_account_name: optional(nullable(text())) },
  status: 201,
  response: single(attributes),
})

export const getUpstreamOAuthLink = endpoint({
  ...common,
  id: 'auth_admin.upstream_oauth_links.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One link',
  params: { id: pathText() },
  response: single(attributes),
})

export const deleteUpstreamOAuthLink = endpoint({
  ...common,
  id: 'auth_admin.upstream_oauth_links.delete',
  method: 'DELETE',
  path: `${PATH}/{id}`,
  summary: 'Deletes a link',
  params: { id: pathText() },
  status: 204,
})
