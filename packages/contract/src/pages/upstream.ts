import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

const source = 'Glia; paths as in MAS'
const csrf = optional(text())

export const startUpstream = endpoint({
  id: 'pages.upstream.start',
  method: 'GET',
  path: '/upstream/authorize/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Leads to an identity provider to sign in there',
  source,
  params: { id: text({ description: 'of the provider' }) },
  query: { kind: optional(text()), id: optional(text()), action: optional(text()), device_id: optional(text()) },
  produces: 'html',
})

export const finishUpstream = endpoint({
  id: 'pages.upstream.finish',
  method: 'GET',
  path: '/upstream/callback/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Where an identity provider leads back to',
  source: 'OpenID Connect Core 1.0 section 3.1.2.5; RFC 9207',
  params: { id: text({ description: 'of the provider' }) },
  query: {
    state: optional(text()),
    code: optional(text()),
    iss: optional(text()),
    error: optional(text()),
    error_description: optional(text()),
  },
  produces: 'html',
})

export const showUpstreamLink = endpoint({
  id: 'pages.upstream.show_link',
  method: 'GET',
  path: '/upstream/link/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Page to make an account for somebody who came from an identity provider, or to link the own account',
  source,
  params: { id: text() },
  produces: 'html',
})

export const submitUpstreamLink = endpoint({
  id: 'pages.upstream.submit_link',
  method: 'POST',
  path: '/upstream/link/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Makes the account, or links the own one',
  source,
  params: { id: text() },
  form: {
    csrf,
    action: optional(text({ description: 'link or register' })),
    username: optional(text()),
    display_name: optional(text()),
    import_email: optional(text()),
    token: optional(text()),
    terms: optional(text({ description: 'the versions that were shown, from the page' })),
  },
  produces: 'html',
})

export const removeUpstreamLink = endpoint({
  id: 'pages.upstream.remove_link',
  method: 'POST',
  path: '/account/links/{id}/remove',
  surface: 'page',
  access: access.browser,
  summary: 'Takes a link to an identity provider away from the own account',
  source: 'Glia',
  params: { id: text() },
  form: { csrf },
  produces: 'html',
})
