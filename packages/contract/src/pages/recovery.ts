import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

const source = 'Glia; paths and field names as in MAS'

export const showRecovery = endpoint({
  id: 'pages.recovery.show',
  method: 'GET',
  path: '/recover',
  surface: 'page',
  access: access.browser,
  summary: 'Page for those who forgot their password',
  source,
  produces: 'html',
})

export const submitRecovery = endpoint({
  id: 'pages.recovery.submit',
  method: 'POST',
  path: '/recover',
  surface: 'page',
  access: access.browser,
  summary: 'Sends a link to set a new password, if the address has an account; the answer is the same',
  source,
  form: { csrf: optional(text()), email: optional(text()) },
  produces: 'html',
})

export const showNewPassword = endpoint({
  id: 'pages.recovery.show_new_password',
  method: 'GET',
  path: '/account/password/recovery',
  surface: 'page',
  access: access.browser,
  summary: 'Page to which the link of a recovery e-mail leads',
  source,
  query: { ticket: optional(text()) },
  produces: 'html',
})

export const submitNewPassword = endpoint({
  id: 'pages.recovery.submit_new_password',
  method: 'POST',
  path: '/account/password/recovery',
  surface: 'page',
  access: access.browser,
  summary: 'Sets a new password, once for each link',
  source,
  form: {
    csrf: optional(text()),
    ticket: optional(text()),
    new_password: optional(text()),
    new_password_confirm: optional(text()),
    end_sessions: optional(text()),
  },
  produces: 'html',
})
