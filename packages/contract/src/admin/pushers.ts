import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, nullable, text, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

export const listUserPushers = endpoint({
  id: 'admin.users.pushers',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/pushers',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Pushers of a local user',
  source: 'Synapse Admin API, "User Admin API"',
  params: { user_id: userIdParam({ local: 'Can only look up local users' }) },
  response: Type.Object({
    pushers: list(
      Type.Object({
        app_display_name: text(),
        app_id: text(),
        data: anyObject(),
        device_display_name: text(),
        kind: text(),
        lang: nullable(text()),
        profile_tag: text(),
        pushkey: text(),
        enabled: flag(),
        device_id: nullable(text()),
      }),
    ),
    total: integer(),
  }),
  errors: ['M_NOT_FOUND'],
})
