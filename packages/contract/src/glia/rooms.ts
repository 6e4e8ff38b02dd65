import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, optional, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'
import { roomSelection } from './room-selection.ts'
import { selectionPage } from './selection-page.ts'

export const findRooms = endpoint({
  id: 'glia.rooms.list',
  method: 'GET',
  path: '/_glia/admin/v1/rooms',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'Rooms by everything that is known of them',
  source: 'Glia, docs/bulk.md',
  query: { ...roomSelection, ...selectionPage(['room_id', 'name', 'members', 'state_events', 'created', 'active']) },
  response: Type.Object({
    rooms: list(
      Type.Object({
        room_id: text(),
        name: nullable(text()),
        canonical_alias: nullable(text()),
        type: nullable(text()),
        version: text(),
        creator: text(),
        encrypted: flag(),
        public: flag(),
        replaced: flag(),
        blocked: flag(),
        joined_members: integer(),
        joined_local_members: integer(),
        state_events: integer(),
        created_at: timestampMs(),
        active_at: timestampMs({ description: 'when the newest event came in; the begin of that hour' }),
      }),
    ),
    next_token: optional(text()),
  }),
  errors: ['M_INVALID_PARAM'],
})
