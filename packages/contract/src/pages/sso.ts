import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

const source = 'Client-Server API, "SSO client login/authentication"'
const query = {
  redirectUrl: optional(text({ description: 'where the client waits' })),
  action: optional(text({ description: 'login or register' })),
  'org.matrix.msc3824.action': optional(text()),
}

export const startSso = endpoint({
  id: 'pages.sso.start',
  method: 'GET',
  path: '/_matrix/client/v3/login/sso/redirect',
  surface: 'page',
  access: access.browser,
  summary: 'Begins a login of a client that is finished on our pages',
  source,
  query,
  produces: 'html',
})

export const startSsoAt = endpoint({
  id: 'pages.sso.start_at',
  method: 'GET',
  path: '/_matrix/client/v3/login/sso/redirect/{idp_id}',
  surface: 'page',
  access: access.browser,
  summary: 'The same, by way of an identity provider; a name that is none is passed over (MAS)',
  source,
  params: { idp_id: text() },
  query,
  produces: 'html',
})

export const showSsoLogin = endpoint({
  id: 'pages.sso.show',
  method: 'GET',
  path: '/complete-compat-sso/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Page that asks whether the client may be signed in',
  source: 'Glia; path as in MAS',
  params: { id: text() },
  query: { action: optional(text()) },
  produces: 'html',
})

export const submitSsoLogin = endpoint({
  id: 'pages.sso.submit',
  method: 'POST',
  path: '/complete-compat-sso/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Leads back to the client with a login token',
  source: 'Glia; path as in MAS',
  params: { id: text() },
  form: { csrf: optional(text()) },
  produces: 'html',
})

export const showLoginFallback = endpoint({
  id: 'pages.login_fallback.show',
  method: 'GET',
  path: '/_matrix/static/client/login/',
  surface: 'page',
  access: access.browser,
  summary: 'Page that logs in for apps that cannot themselves, and hands the answer to `window.matrixLogin.onLogin`',
  source: 'Client-Server API, "Login fallback"',
  query: {
    device_id: optional(text({ description: 'goes on to /login, as the next two do' })),
    initial_device_display_name: optional(text()),
    refresh_token: optional(text()),
    loginToken: optional(text({ description: 'of the single sign-on that the page began' })),
  },
  produces: 'html',
})
