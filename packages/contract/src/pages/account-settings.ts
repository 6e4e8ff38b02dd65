import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

const source = 'Glia; MAS has the same in its account page'
const csrf = optional(text())

export const showPasswordChange = endpoint({
  id: 'pages.account.show_password_change',
  method: 'GET',
  path: '/account/password/change',
  surface: 'page',
  access: access.browser,
  summary: 'Page to change the own password',
  source,
  produces: 'html',
})

export const submitPasswordChange = endpoint({
  id: 'pages.account.submit_password_change',
  method: 'POST',
  path: '/account/password/change',
  surface: 'page',
  access: access.browser,
  summary: 'Changes the own password',
  source,
  form: {
    csrf,
    current_password: optional(text()),
    new_password: optional(text()),
    new_password_confirm: optional(text()),
    end_sessions: optional(text()),
  },
  produces: 'html',
})

export const showEmails = endpoint({
  id: 'pages.account.show_emails',
  method: 'GET',
  path: '/account/emails',
  surface: 'page',
  access: access.browser,
  summary: 'Page of the own e-mail addresses',
  source,
  produces: 'html',
})

export const addEmail = endpoint({
  id: 'pages.account.add_email',
  method: 'POST',
  path: '/account/emails',
  surface: 'page',
  access: access.browser,
  summary: 'Sends a code to an address that is to be added',
  source,
  form: { csrf, email: optional(text()), password: optional(text()) },
  produces: 'html',
})

export const removeEmail = endpoint({
  id: 'pages.account.remove_email',
  method: 'POST',
  path: '/account/emails/remove',
  surface: 'page',
  access: access.browser,
  summary: 'Takes an address away from the account',
  source,
  form: { csrf, email: optional(text()), password: optional(text()) },
  produces: 'html',
})

export const showEmailCode = endpoint({
  id: 'pages.account.show_email_code',
  method: 'GET',
  path: '/account/emails/verify/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Page to type in the code from an e-mail',
  source,
  params: { id: text() },
  produces: 'html',
})

export const submitEmailCode = endpoint({
  id: 'pages.account.submit_email_code',
  method: 'POST',
  path: '/account/emails/verify/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Adds the address whose code is right; or sends another code',
  source,
  params: { id: text() },
  form: { csrf, code: optional(text()), action: optional(text({ description: 'resend' })) },
  produces: 'html',
})

export const showDeactivation = endpoint({
  id: 'pages.account.show_deactivation',
  method: 'GET',
  path: '/account/deactivate',
  surface: 'page',
  access: access.browser,
  summary: 'Page that asks before the own account is ended',
  source,
  produces: 'html',
})

export const submitDeactivation = endpoint({
  id: 'pages.account.submit_deactivation',
  method: 'POST',
  path: '/account/deactivate',
  surface: 'page',
  access: access.browser,
  summary: 'Ends the own account for good',
  source,
  form: { csrf, password: optional(text()), erase: optional(text()), confirm: optional(text()) },
  produces: 'html',
})
