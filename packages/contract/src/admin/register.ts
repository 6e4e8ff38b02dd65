import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anything, integer, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "Shared-Secret Registration"'

export const getRegistrationNonce = endpoint({
  id: 'admin.register.nonce',
  method: 'GET',
  path: '/_synapse/admin/v1/register',
  surface: 'admin',
  access: access.public,
  summary: 'A nonce for one shared-secret registration',
  source,
  response: Type.Object({ nonce: text({ description: '128 hex digits, good for 60 seconds' }) }),
})

/** Its checks come in an order of their own, so the fields are checked by the operation. */
export const registerBySharedSecret = endpoint({
  id: 'admin.register.create',
  method: 'POST',
  path: '/_synapse/admin/v1/register',
  surface: 'admin',
  access: access.sharedSecret,
  summary: 'Makes an account; a MAC over the request shows that the caller knows the shared secret',
  source,
  body: {
    nonce: optional(anything({ description: 'text; from `GET`', writeOnly: true })),
    username: optional(anything({ description: 'text; the localpart' })),
    password: optional(anything({ description: 'text of at most 512 characters', writeOnly: true })),
    mac: optional(
      anything({
        description: 'hex HMAC-SHA1 of nonce, username, password, `admin` or `notadmin`, and user_type if given, joined by NUL',
        writeOnly: true,
      }),
    ),
    admin: optional(anything({ description: 'boolean' })),
    user_type: optional(anything({ description: 'bot or support' })),
    displayname: optional(anything({ description: 'text; default: the localpart' })),
    refresh_token: optional(anything({ description: 'boolean: the client can refresh' })),
    device_id: optional(anything({ description: 'text' })),
    initial_device_display_name: optional(anything({ description: 'text' })),
    inhibit_login: optional(anything({ description: 'boolean: no session is wanted' })),
  },
  response: Type.Object({
    user_id: text(),
    home_server: text(),
    access_token: optional(text()),
    device_id: optional(text()),
    refresh_token: optional(text()),
    expires_in_ms: optional(integer()),
  }),
  errors: ['M_UNKNOWN', 'M_BAD_JSON', 'M_USER_IN_USE', 'M_INVALID_USERNAME', 'M_EXCLUSIVE'],
})
