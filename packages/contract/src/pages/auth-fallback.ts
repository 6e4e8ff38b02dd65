import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

const source = 'Client-Server API, "Fallback", "OAuth authentication" and "Terms of service at registration"'
const path = '/_matrix/client/v3/auth/{auth_type}/fallback/web'

export const showAuthFallback = endpoint({
  id: 'pages.auth_fallback.show',
  method: 'GET',
  path,
  surface: 'page',
  access: access.browser,
  summary:
    'For clients that do not know a stage: the page to accept the terms (m.login.terms), or the way to the page where a reset of the cross-signing keys is allowed (m.oauth)',
  source,
  params: { auth_type: text() },
  query: { session: optional(text()) },
  produces: 'html',
})

export const submitAuthFallback = endpoint({
  id: 'pages.auth_fallback.submit',
  method: 'POST',
  path,
  surface: 'page',
  access: access.browser,
  summary: 'Accepts the terms for the registration that is under way, and tells the client that opened the page (`onAuthDone`)',
  source,
  params: { auth_type: text() },
  form: {
    csrf: optional(text()),
    session: optional(text()),
    terms: optional(text({ description: 'the versions that were shown, from the page' })),
  },
  produces: 'html',
})
