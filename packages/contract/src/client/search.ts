import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, anything, integer, list, number, optional, record, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const searchEvents = endpoint({
  id: 'client.search.events',
  method: 'POST',
  path: '/_matrix/client/v3/search',
  surface: 'client',
  access: access.user,
  summary: 'Find messages, room names and topics by words',
  source: 'Client-Server API, "Server Side Search"',
  query: { next_batch: optional(text({ description: '`next_batch` of the page before' })) },
  body: { search_categories: optional(anything({ description: '`{room_events: {search_term, keys?, filter?, order_by?, …}}`' })) },
  response: Type.Object({
    search_categories: Type.Object({
      room_events: Type.Object({
        count: integer({ description: 'at least, when there are many' }),
        highlights: list(text()),
        results: list(Type.Object({ rank: number(), result: anyObject(), context: anyObject() })),
        next_batch: optional(text()),
        state: optional(record(list(anyObject()))),
        groups: optional(record(anyObject(), { description: '`room_id` or `sender` → value → `{results, order}`' })),
      }),
    }),
  }),
  errors: ['M_UNKNOWN', 'M_BAD_JSON', 'M_INVALID_PARAM'],
})
