import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { optional, text } from '../fields.ts'

const source = 'Glia; paths and field names as in MAS'

export const showLink = endpoint({
  id: 'pages.link.show',
  method: 'GET',
  path: '/link',
  surface: 'page',
  access: access.browser,
  summary: 'Page to type in the code of a device',
  source: 'RFC 8628 section 3.3',
  query: { code: optional(text()) },
  produces: 'html',
})

export const submitLink = endpoint({
  id: 'pages.link.submit',
  method: 'POST',
  path: '/link',
  surface: 'page',
  access: access.browser,
  summary: 'Looks for the device of a code',
  source: 'RFC 8628 section 3.3',
  form: { csrf: optional(text()), code: optional(text()) },
  produces: 'html',
})

export const showDevice = endpoint({
  id: 'pages.device.show',
  method: 'GET',
  path: '/device/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Page to confirm or refuse a device',
  source: 'RFC 8628 section 3.3',
  params: { id: text() },
  produces: 'html',
})

export const submitDevice = endpoint({
  id: 'pages.device.submit',
  method: 'POST',
  path: '/device/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Confirms or refuses a device',
  source: 'RFC 8628 section 3.3',
  params: { id: text() },
  form: { csrf: optional(text()), action: optional(text({ description: 'consent or reject' })), confirm_device: optional(text()) },
  produces: 'html',
})

export const showConsent = endpoint({
  id: 'pages.consent.show',
  method: 'GET',
  path: '/consent/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Page to let a client in',
  source,
  params: { id: text() },
  query: { prompt: optional(text()) },
  produces: 'html',
})

export const submitConsent = endpoint({
  id: 'pages.consent.submit',
  method: 'POST',
  path: '/consent/{id}',
  surface: 'page',
  access: access.browser,
  summary: 'Lets a client in, or not',
  source,
  params: { id: text() },
  form: { csrf: optional(text()), action: optional(text({ description: 'consent or cancel' })) },
  produces: 'html',
})
