import type { TSchema } from 'typebox'
import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, nullable, optional, pair, record, text } from '../fields.ts'
import { Type } from '../schema.ts'

const maybe = <T extends TSchema>(schema: T) => optional(nullable(schema))

const roomConfig = {
  timeline_limit: integer({ maximum: 1000, description: 'newest events to tell; 0: none' }),
  required_state: list(pair(text()), {
    description:
      '`[type, state_key]` of the state to tell; `*` stands for any, `$ME` for oneself, `$LAZY` for the members that the timeline needs',
  }),
}

const filters = Type.Object({
  is_dm: maybe(flag()),
  is_encrypted: maybe(flag()),
  is_invite: maybe(flag()),
  spaces: maybe(list(text())),
  room_types: maybe(list(nullable(text()))),
  not_room_types: maybe(list(nullable(text()))),
  tags: maybe(list(text())),
  not_tags: maybe(list(text())),
})

const index = integer({ minimum: 0 })
const syncList = Type.Object({
  ...roomConfig,
  ranges: maybe(list(pair(index), { description: 'indexes into the sorted list, both ends included' })),
  filters: maybe(filters),
})

const roomExtension = Type.Object({
  enabled: maybe(flag()),
  lists: maybe(list(text(), { description: 'lists whose rooms are told; `*`: all' })),
  rooms: maybe(list(text(), { description: 'subscribed rooms that are told; `*`: all' })),
})

const extensions = Type.Object({
  to_device: maybe(
    Type.Object({
      enabled: maybe(flag()),
      since: maybe(text({ description: '`next_batch` of the newest answer that was taken in' })),
      limit: maybe(integer()),
    }),
  ),
  e2ee: maybe(Type.Object({ enabled: maybe(flag()) })),
  account_data: maybe(roomExtension),
  receipts: maybe(roomExtension),
  typing: maybe(roomExtension),
})

const update = Type.Object({
  count: integer(),
  ops: list(Type.Object({ op: text(), range: pair(integer()), room_ids: list(text()) })),
})

export const slidingSync = endpoint({
  id: 'client.sliding_sync',
  method: 'POST',
  path: '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'What is new in the rooms that a client looks at; waits for news',
  source: 'MSC4186, simplified sliding sync',
  query: {
    pos: optional(text({ description: '`pos` of the answer before' })),
    timeout: integer({ default: 0, minimum: 0, description: 'how long to wait for news, in ms' }),
  },
  body: {
    conn_id: maybe(text({ description: 'tells the connections of a device apart' })),
    lists: maybe(record(syncList)),
    room_subscriptions: maybe(record(Type.Object(roomConfig))),
    extensions: maybe(extensions),
  },
  response: Type.Object({
    pos: text(),
    lists: optional(record(update)),
    rooms: record(anyObject()),
    extensions: Type.Object({
      to_device: optional(anyObject()),
      e2ee: optional(anyObject()),
      account_data: optional(anyObject()),
      receipts: optional(anyObject()),
      typing: optional(anyObject()),
    }),
  }),
  errors: ['M_BAD_JSON', 'M_INVALID_PARAM', 'M_NOT_JSON', 'M_UNKNOWN_POS'],
})
