import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

const source = 'Glia; paths as in MAS'
const csrf = optional(text())
const answer = {
  state: optional(text()),
  code: optional(text()),
  iss: optional(text()),
  error: optional(text()),
  error_description: optional(text()),
}

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
  query: { ...answer, answer: optional(text({ description: 'the others, as this server has carried them on' })) },
  produces: 'html',
})

export const postUpstream = endpoint({
  id: 'pages.upstream.post',
  method: 'POST',
  path: '/upstream/callback/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'The same, for providers that answer with a form (response_mode form_post)',
  source: 'OAuth 2.0 Form Post Response Mode section 2',
  params: { id: text({ description: 'of the provider' }) },
  form: answer,
  produces: 'html',
})

export const finishSynapseUpstream = endpoint({
  id: 'pages.upstream.finish_synapse',
  method: 'GET',
  path: '/_synapse/client/oidc/callback',
  surface: 'page',
  access: access.browser,
  summary: 'The same, for providers of the setting oidc_providers: as Synapse has registered it there',
  source: 'OpenID Connect Core 1.0 section 3.1.2.5; path as in Synapse',
  query: answer,
  produces: 'html',
})

export const postSynapseUpstream = endpoint({
  id: 'pages.upstream.post_synapse',
  method: 'POST',
  path: '/_synapse/client/oidc/callback',
  surface: 'page',
  access: access.browser,
  summary: 'The same, for providers that answer with a form',
  source: 'OAuth 2.0 Form Post Response Mode section 2; path as in Synapse',
  form: answer,
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
