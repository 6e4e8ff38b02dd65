import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, oneOf, optional, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'
import { interactiveAuthField } from './login.ts'

const source = 'Client-Server API, "Adding Account Administrative Contact Information"'
const clientSecret = text({ errcode: 'M_INVALID_PARAM', error: 'Invalid client_secret parameter' })
const emailRequest = {
  client_secret: clientSecret,
  email: text({ errcode: 'M_INVALID_PARAM', error: 'Unable to parse email address' }),
  send_attempt: integer({ errcode: 'M_INVALID_PARAM', minimum: 0, maximum: 1_000_000_000 }),
  next_link: optional(text({ errcode: 'M_INVALID_PARAM', description: 'where the browser goes after the address was confirmed' })),
}
const phoneRequest = { client_secret: clientSecret, country: text(), phone_number: text(), send_attempt: integer() }
const requested = Type.Object({ sid: text() })

export const listThreepids = endpoint({
  id: 'client.account.threepids',
  method: 'GET',
  path: '/_matrix/client/v3/account/3pid',
  surface: 'client',
  access: access.user,
  summary: 'The e-mail addresses and phone numbers of the account',
  source,
  response: Type.Object({
    threepids: list(Type.Object({ medium: text(), address: text(), added_at: timestampMs(), validated_at: timestampMs() })),
  }),
})

export const requestEmailForRegistration = endpoint({
  id: 'client.register.request_email_token',
  method: 'POST',
  path: '/_matrix/client/v3/register/email/requestToken',
  surface: 'client',
  access: access.public,
  summary: 'Sends an e-mail that confirms an address for a new account',
  source: 'Client-Server API, "Account registration"',
  body: emailRequest,
  response: requested,
  errors: ['M_THREEPID_IN_USE', 'M_THREEPID_DENIED', 'M_INVALID_PARAM', 'M_UNKNOWN', 'M_LIMIT_EXCEEDED'],
})

export const requestPhoneForRegistration = endpoint({
  id: 'client.register.request_phone_token',
  method: 'POST',
  path: '/_matrix/client/v3/register/msisdn/requestToken',
  surface: 'client',
  access: access.public,
  summary: 'Refused: phone numbers cannot be confirmed',
  source: 'Client-Server API, "Account registration"',
  body: phoneRequest,
  response: requested,
  errors: ['M_UNKNOWN'],
})

export const requestEmailForReset = endpoint({
  id: 'client.account.request_reset_email_token',
  method: 'POST',
  path: '/_matrix/client/v3/account/password/email/requestToken',
  surface: 'client',
  access: access.public,
  summary: 'Sends an e-mail with which a forgotten password can be replaced',
  source: 'Client-Server API, "Account management"',
  body: emailRequest,
  response: requested,
  errors: ['M_THREEPID_NOT_FOUND', 'M_INVALID_PARAM', 'M_UNKNOWN', 'M_LIMIT_EXCEEDED'],
})

export const requestPhoneForReset = endpoint({
  id: 'client.account.request_reset_phone_token',
  method: 'POST',
  path: '/_matrix/client/v3/account/password/msisdn/requestToken',
  surface: 'client',
  access: access.public,
  summary: 'Refused: phone numbers cannot be confirmed',
  source: 'Client-Server API, "Account management"',
  body: phoneRequest,
  response: requested,
  errors: ['M_UNRECOGNIZED'],
})

export const requestEmailForAccount = endpoint({
  id: 'client.account.request_email_token',
  method: 'POST',
  path: '/_matrix/client/v3/account/3pid/email/requestToken',
  surface: 'client',
  access: access.public,
  summary: 'Sends an e-mail that confirms an address for an account that is there',
  source,
  body: emailRequest,
  response: requested,
  errors: [
    'M_THREEPID_IN_USE',
    'M_THREEPID_DENIED',
    'M_THREEPID_MEDIUM_NOT_SUPPORTED',
    'M_INVALID_PARAM',
    'M_FORBIDDEN',
    'M_LIMIT_EXCEEDED',
  ],
})

export const requestPhoneForAccount = endpoint({
  id: 'client.account.request_phone_token',
  method: 'POST',
  path: '/_matrix/client/v3/account/3pid/msisdn/requestToken',
  surface: 'client',
  access: access.public,
  summary: 'Refused: phone numbers cannot be confirmed',
  source,
  body: phoneRequest,
  response: requested,
  errors: ['M_THREEPID_MEDIUM_NOT_SUPPORTED'],
})

export const addThreepid = endpoint({
  id: 'client.account.add_threepid',
  method: 'POST',
  path: '/_matrix/client/v3/account/3pid/add',
  surface: 'client',
  access: access.user,
  summary: 'Adds a confirmed address to the account',
  source,
  body: { auth: interactiveAuthField, client_secret: clientSecret, sid: text() },
  errors: ['M_THREEPID_AUTH_FAILED', 'M_THREEPID_IN_USE', 'M_FORBIDDEN', 'M_UNRECOGNIZED'],
})

export const addThreepidOld = endpoint({
  id: 'client.account.add_threepid_old',
  method: 'POST',
  path: '/_matrix/client/v3/account/3pid',
  surface: 'client',
  access: access.user,
  summary: 'Adds a confirmed address to the account',
  source,
  body: {
    three_pid_creds: optional(anyObject({ description: '`{client_secret, sid}`' })),
    threePidCreds: optional(anyObject({ description: 'older name of three_pid_creds' })),
  },
  errors: ['M_THREEPID_AUTH_FAILED', 'M_THREEPID_IN_USE', 'M_MISSING_PARAM', 'M_FORBIDDEN', 'M_UNRECOGNIZED'],
  deprecated: true,
})

const medium = oneOf(['email', 'msisdn'])
const unbound = Type.Object({ id_server_unbind_result: text() })

export const deleteThreepid = endpoint({
  id: 'client.account.delete_threepid',
  method: 'POST',
  path: '/_matrix/client/v3/account/3pid/delete',
  surface: 'client',
  access: access.user,
  summary: 'Takes an address away from the account',
  source,
  body: { medium, address: text(), id_server: optional(text()) },
  response: unbound,
  errors: ['M_FORBIDDEN', 'M_UNRECOGNIZED'],
})

export const bindThreepid = endpoint({
  id: 'client.account.bind_threepid',
  method: 'POST',
  path: '/_matrix/client/v3/account/3pid/bind',
  surface: 'client',
  access: access.user,
  summary: 'Refused: identity servers are not used',
  source,
  body: { client_secret: clientSecret, id_server: text(), id_access_token: text(), sid: text() },
  errors: ['M_SERVER_NOT_TRUSTED'],
})

export const unbindThreepid = endpoint({
  id: 'client.account.unbind_threepid',
  method: 'POST',
  path: '/_matrix/client/v3/account/3pid/unbind',
  surface: 'client',
  access: access.user,
  summary: 'Does nothing: identity servers are not used',
  source,
  body: { medium, address: text(), id_server: optional(text()) },
  response: unbound,
})
