import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'
import { interactiveAuthField } from './login.ts'

export const whoami = endpoint({
  id: 'client.account.whoami',
  method: 'GET',
  path: '/_matrix/client/v3/account/whoami',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Whose token this is',
  source: 'Client-Server API, "Current account information"',
  response: Type.Object({ user_id: text(), is_guest: flag(), device_id: optional(text()) }),
})

export const changePassword = endpoint({
  id: 'client.account.change_password',
  method: 'POST',
  path: '/_matrix/client/v3/account/password',
  surface: 'client',
  access: access.optionalUser,
  summary: 'Sets a new password, also after having confirmed an e-mail address; other sessions end unless they are to stay',
  source: 'Client-Server API, "Account management"',
  body: {
    auth: interactiveAuthField,
    new_password: optional(text({ maxLength: 512 })),
    logout_devices: flag({ default: true }),
  },
  errors: ['M_FORBIDDEN', 'M_MISSING_TOKEN', 'M_MISSING_PARAM', 'M_THREEPID_NOT_FOUND', 'M_UNRECOGNIZED'],
})

export const deactivateAccount = endpoint({
  id: 'client.account.deactivate',
  method: 'POST',
  path: '/_matrix/client/v3/account/deactivate',
  surface: 'client',
  access: access.user,
  summary: 'Ends the account for good',
  source: 'Client-Server API, "Account deactivation"',
  body: { auth: interactiveAuthField, erase: flag({ default: false }), id_server: optional(text()) },
  response: Type.Object({ id_server_unbind_result: text() }),
  errors: ['M_FORBIDDEN', 'M_UNRECOGNIZED'],
})
