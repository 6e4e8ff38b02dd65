import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'
import { interactiveAuthField, sessionFields } from './login.ts'

export const register = endpoint({
  id: 'client.register.create',
  method: 'POST',
  path: '/_matrix/client/v3/register',
  surface: 'client',
  access: access.public,
  summary: 'Makes an account, or with `kind=guest` a guest',
  source: 'Client-Server API, "Account registration"',
  query: { kind: text({ default: 'user' }) },
  body: {
    auth: interactiveAuthField,
    username: optional(text({ errcode: 'M_UNKNOWN', error: 'Invalid username', maxLength: 512 })),
    password: optional(text({ errcode: 'M_UNKNOWN', error: 'Invalid password', maxLength: 512 })),
    device_id: optional(text({ errcode: 'M_INVALID_PARAM', error: 'device_id must be a string' })),
    initial_device_display_name: optional(text({ errcode: 'M_INVALID_PARAM', error: 'initial_device_display_name must be a string' })),
    inhibit_login: optional(flag({ errcode: 'M_INVALID_PARAM', error: 'inhibit_login must be a boolean' })),
    refresh_token: optional(flag({ errcode: 'M_UNKNOWN', error: '`refresh_token` should be true or false.' })),
    type: optional(text({ errcode: 'M_INVALID_PARAM' })),
  },
  response: Type.Object({ user_id: text(), home_server: text(), ...sessionFields }),
  errors: [
    'M_USER_IN_USE',
    'M_INVALID_USERNAME',
    'M_EXCLUSIVE',
    'M_FORBIDDEN',
    'M_MISSING_PARAM',
    'M_LIMIT_EXCEEDED',
    'M_APPSERVICE_LOGIN_UNSUPPORTED',
  ],
})

export const isUsernameAvailable = endpoint({
  id: 'client.register.available',
  method: 'GET',
  path: '/_matrix/client/v3/register/available',
  surface: 'client',
  access: access.public,
  summary: 'Whether an account of this name could be made',
  source: 'Client-Server API, "Account registration"',
  query: { username: text() },
  response: Type.Object({ available: flag() }),
  errors: ['M_USER_IN_USE', 'M_INVALID_USERNAME', 'M_EXCLUSIVE', 'M_FORBIDDEN'],
})

export const isRegistrationTokenValid = endpoint({
  id: 'client.register.token_validity',
  method: 'GET',
  path: '/_matrix/client/v1/register/m.login.registration_token/validity',
  surface: 'client',
  access: access.public,
  summary: 'Whether a registration token could be used now',
  source: 'Client-Server API, "Token-authenticated registration"',
  query: { token: text() },
  response: Type.Object({ valid: flag() }),
  errors: ['M_FORBIDDEN', 'M_LIMIT_EXCEEDED'],
})
