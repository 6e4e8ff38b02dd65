import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

/** What the person was about to do, and is brought back to after signing in. */
const continuation = {
  kind: optional(text({ description: 'continue_authorization_grant, continue_device_code_grant or manage_account' })),
  id: optional(text()),
  action: optional(text()),
  device_id: optional(text()),
}
const source = 'Glia; paths and field names as in MAS'

export const showLogin = endpoint({
  id: 'pages.login.show',
  method: 'GET',
  path: '/login',
  surface: 'page',
  access: access.browser,
  summary: 'Page to sign in',
  source,
  query: continuation,
  produces: 'html',
})

export const submitLogin = endpoint({
  id: 'pages.login.submit',
  method: 'POST',
  path: '/login',
  surface: 'page',
  access: access.browser,
  summary: 'Signs the browser in',
  source,
  query: continuation,
  form: { csrf: optional(text()), username: optional(text()), password: optional(text()) },
  produces: 'html',
})

export const submitLogout = endpoint({
  id: 'pages.logout.submit',
  method: 'POST',
  path: '/logout',
  surface: 'page',
  access: access.browser,
  summary: 'Signs the browser out',
  source,
  query: continuation,
  form: { csrf: optional(text()) },
  produces: 'html',
})

export const showRegister = endpoint({
  id: 'pages.register.show',
  method: 'GET',
  path: '/register',
  surface: 'page',
  access: access.browser,
  summary: 'Page to make an account',
  source,
  query: continuation,
  produces: 'html',
})

export const submitRegister = endpoint({
  id: 'pages.register.submit',
  method: 'POST',
  path: '/register',
  surface: 'page',
  access: access.browser,
  summary: 'Makes an account and signs the browser in',
  source,
  query: continuation,
  form: {
    csrf: optional(text()),
    username: optional(text()),
    password: optional(text()),
    password_confirm: optional(text()),
    token: optional(text()),
    email: optional(text()),
    terms: optional(text({ description: 'the versions that were shown, from the page' })),
  },
  produces: 'html',
})

export const showRegisterCode = endpoint({
  id: 'pages.register.show_code',
  method: 'GET',
  path: '/register/steps/{id}/verify-email',
  surface: 'page',
  access: access.browser,
  summary: 'Page to type in the code that was sent to the address of a new account',
  source,
  params: { id: text() },
  query: continuation,
  produces: 'html',
})

export const submitRegisterCode = endpoint({
  id: 'pages.register.submit_code',
  method: 'POST',
  path: '/register/steps/{id}/verify-email',
  surface: 'page',
  access: access.browser,
  summary: 'Makes the account if the code is right, and signs the browser in; or sends another code',
  source,
  params: { id: text() },
  query: continuation,
  form: { csrf: optional(text()), code: optional(text()), action: optional(text({ description: 'resend' })) },
  produces: 'html',
})

export const showSetup = endpoint({
  id: 'pages.setup.show',
  method: 'GET',
  path: '/setup',
  surface: 'page',
  access: access.browser,
  summary: 'Page to make the first admin account, once',
  source: 'Glia',
  query: { token: optional(text()) },
  produces: 'html',
})

export const submitSetup = endpoint({
  id: 'pages.setup.submit',
  method: 'POST',
  path: '/setup',
  surface: 'page',
  access: access.browser,
  summary: 'Makes the first admin account',
  source: 'Glia',
  form: {
    csrf: optional(text()),
    token: optional(text()),
    username: optional(text()),
    password: optional(text()),
    password_confirm: optional(text()),
  },
  produces: 'html',
})
