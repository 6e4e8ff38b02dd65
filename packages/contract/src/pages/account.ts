import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

export const showAccount = endpoint({
  id: 'pages.account.show',
  method: 'GET',
  path: '/account/',
  aliases: ['/account'],
  surface: 'page',
  access: access.browser,
  summary: 'Page of the own account: who one is, where one is signed in',
  source: 'Client-Server API, "Account management"; MSC4191',
  query: { action: optional(text()), device_id: optional(text()) },
  produces: 'html',
})

export const endSession = endpoint({
  id: 'pages.account.end_session',
  method: 'POST',
  path: '/account/sessions/{id}/end',
  surface: 'page',
  access: access.browser,
  summary: 'Ends one of the own sessions and removes its device',
  source: 'Glia',
  params: { id: text() },
  form: { csrf: optional(text()) },
  produces: 'html',
})

export const allowCrossSigningReset = endpoint({
  id: 'pages.account.allow_cross_signing_reset',
  method: 'POST',
  path: '/account/cross-signing-reset',
  surface: 'page',
  access: access.browser,
  summary: 'Lets the own clients replace the cross-signing keys, for ten minutes',
  source: 'Client-Server API, "POST /keys/device_signing/upload", stage m.oauth; MSC4312',
  form: { csrf: optional(text()) },
  produces: 'html',
})

export const endBrowserSession = endpoint({
  id: 'pages.account.end_browser_session',
  method: 'POST',
  path: '/account/browsers/{id}/end',
  surface: 'page',
  access: access.browser,
  summary: 'Signs one of the own browsers out',
  source: 'Glia',
  params: { id: text() },
  form: { csrf: optional(text()) },
  produces: 'html',
})
