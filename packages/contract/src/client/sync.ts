import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, oneOf, optional, record, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const sync = endpoint({
  id: 'client.sync',
  method: 'GET',
  path: '/_matrix/client/v3/sync',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Everything that is new for a client since its last token; waits for news',
  source: 'Client-Server API, "Syncing"',
  query: {
    filter: optional(text({ description: 'id of a stored filter, or a filter as JSON' })),
    since: optional(text({ description: '`next_batch` of the answer before' })),
    full_state: flag({ default: false }),
    set_presence: optional(oneOf(['unavailable', 'offline', 'online'])),
    timeout: integer({ default: 0, minimum: 0, description: 'how long to wait for news, in ms' }),
    use_state_after: flag({ default: false }),
    'org.matrix.msc4222.use_state_after': flag({ default: false }),
  },
  response: Type.Object({
    next_batch: text(),
    rooms: optional(
      Type.Object({
        join: optional(record(anyObject())),
        invite: optional(record(anyObject())),
        knock: optional(record(anyObject())),
        leave: optional(record(anyObject())),
      }),
    ),
    presence: optional(anyObject()),
    account_data: optional(anyObject()),
    to_device: optional(anyObject()),
    device_lists: optional(anyObject()),
    device_one_time_keys_count: record(integer()),
    device_unused_fallback_key_types: list(text()),
  }),
  errors: ['M_INVALID_PARAM', 'M_NOT_FOUND', 'M_NOT_JSON', 'M_UNKNOWN'],
})
