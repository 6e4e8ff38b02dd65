import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

/** Below /_matrix, as in Synapse: whatever stands before the server lets it through. */
const path = '/_matrix/client/unstable/{purpose}/email/submit_token'
const params = { purpose: text({ description: 'registration, add_threepid or password_reset' }) }
const fields = { sid: optional(text()), client_secret: optional(text()), token: optional(text()) }

export const openEmailLink = endpoint({
  id: 'pages.email.open_link',
  method: 'GET',
  path,
  surface: 'page',
  access: access.browser,
  summary: 'The link of an e-mail: confirms the address, or, before a password is reset, asks first',
  source: 'Identity Service API, "Validating ownership of 3PIDs"; path as in Synapse',
  params,
  query: fields,
  produces: 'html',
})

export const confirmEmailLink = endpoint({
  id: 'pages.email.confirm_link',
  method: 'POST',
  path,
  surface: 'page',
  access: access.browser,
  summary: 'Confirms the address of an e-mail',
  source: 'Identity Service API, "Validating ownership of 3PIDs"; path as in Synapse',
  params,
  form: fields,
  produces: 'html',
})
