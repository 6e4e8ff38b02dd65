import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { emptyObject, flag, list, nullable, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse, what MAS calls (`/_synapse/mas/`)'
const localpart = text({ description: 'of a user of this server' })
const common = { surface: 'admin', access: access.sharedSecret, source } as const

export const queryUser = endpoint({
  ...common,
  id: 'provisioning.users.query',
  method: 'GET',
  path: '/_synapse/mas/query_user',
  summary: 'What the homeserver knows of a user',
  query: { localpart },
  response: Type.Object({
    user_id: text(),
    display_name: nullable(text()),
    avatar_url: nullable(text()),
    is_suspended: flag(),
    is_deactivated: flag(),
  }),
  errors: ['M_NOT_FOUND'],
})

export const checkLocalpart = endpoint({
  ...common,
  id: 'provisioning.users.is_localpart_available',
  method: 'GET',
  path: '/_synapse/mas/is_localpart_available',
  summary: 'Whether an account may have this name',
  query: { localpart },
  response: emptyObject,
  errors: ['M_INVALID_USERNAME', 'M_USER_IN_USE', 'M_EXCLUSIVE'],
})

export const provisionUser = endpoint({
  ...common,
  id: 'provisioning.users.provision',
  method: 'POST',
  path: '/_synapse/mas/provision_user',
  summary: 'Makes a user (201) or changes one (200)',
  body: {
    localpart,
    set_displayname: optional(text()),
    unset_displayname: optional(flag()),
    set_avatar_url: optional(text()),
    unset_avatar_url: optional(flag()),
    set_emails: optional(list(text(), { description: 'all of them' })),
    unset_emails: optional(flag()),
    locked: optional(flag()),
  },
  response: emptyObject,
  errors: ['M_INVALID_PARAM', 'M_INVALID_USERNAME', 'M_THREEPID_IN_USE'],
})

export const deleteUser = endpoint({
  ...common,
  id: 'provisioning.users.delete',
  method: 'POST',
  path: '/_synapse/mas/delete_user',
  summary: 'Ends an account',
  body: { localpart, erase: flag() },
  response: emptyObject,
  errors: ['M_NOT_FOUND'],
})

export const reactivateUser = endpoint({
  ...common,
  id: 'provisioning.users.reactivate',
  method: 'POST',
  path: '/_synapse/mas/reactivate_user',
  summary: 'Takes an ended account back',
  body: { localpart },
  response: emptyObject,
  errors: ['M_NOT_FOUND'],
})

export const setDisplayName = endpoint({
  ...common,
  id: 'provisioning.users.set_displayname',
  method: 'POST',
  path: '/_synapse/mas/set_displayname',
  summary: 'Sets the display name of a user',
  body: { localpart, displayname: text() },
  response: emptyObject,
  errors: ['M_NOT_FOUND'],
})

export const unsetDisplayName = endpoint({
  ...common,
  id: 'provisioning.users.unset_displayname',
  method: 'POST',
  path: '/_synapse/mas/unset_displayname',
  summary: 'Takes the display name of a user away',
  body: { localpart },
  response: emptyObject,
  errors: ['M_NOT_FOUND'],
})

export const allowCrossSigningReset = endpoint({
  ...common,
  id: 'provisioning.users.allow_cross_signing_reset',
  method: 'POST',
  path: '/_synapse/mas/allow_cross_signing_reset',
  summary: 'Lets a user replace the cross-signing keys, once within ten minutes',
  body: { localpart },
  response: emptyObject,
  errors: ['M_NOT_FOUND'],
})
