import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

/** What somebody who is not in a room may know about it. */
export const roomSummaryFields = {
  room_id: text(),
  room_version: text(),
  name: optional(text()),
  topic: optional(text()),
  canonical_alias: optional(text()),
  avatar_url: optional(text()),
  num_joined_members: integer(),
  join_rule: text(),
  world_readable: flag(),
  guest_can_join: flag(),
  room_type: optional(text()),
  encryption: optional(text({ description: 'algorithm' })),
  allowed_room_ids: optional(list(text({ description: 'whose members may join' }))),
}

export const hierarchyPage = Type.Object({
  rooms: list(
    Type.Object({
      ...roomSummaryFields,
      children_state: list(
        Type.Object({ type: text(), state_key: text(), sender: text(), content: anyObject(), origin_server_ts: timestampMs() }),
      ),
    }),
  ),
  next_batch: optional(text()),
})

export const getHierarchy = endpoint({
  id: 'client.spaces.hierarchy',
  method: 'GET',
  path: '/_matrix/client/v1/rooms/{roomId}/hierarchy',
  aliases: ['/_matrix/client/unstable/org.matrix.msc2946/rooms/{roomId}/hierarchy'],
  surface: 'client',
  access: access.user,
  summary: 'The rooms of a space, and of the spaces in it, depth first',
  source: 'Client-Server API, "Querying spaces"',
  params: { roomId: pathText() },
  query: {
    suggested_only: flag({ default: false }),
    limit: integer({ minimum: 0, default: 50, description: 'at most 50' }),
    max_depth: optional(integer({ minimum: 0, description: '0: the space alone' })),
    from: optional(text({ description: '`next_batch` of the page before, with the same parameters' })),
  },
  response: hierarchyPage,
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_LIMIT_EXCEEDED'],
})

export const getRoomSummary = endpoint({
  id: 'client.spaces.room_summary',
  method: 'GET',
  path: '/_matrix/client/v1/room_summary/{roomIdOrAlias}',
  aliases: [
    '/_matrix/client/unstable/im.nheko.summary/summary/{roomIdOrAlias}',
    '/_matrix/client/unstable/im.nheko.summary/rooms/{roomIdOrAlias}/summary',
  ],
  surface: 'client',
  access: access.optionalUser,
  summary: 'What a room is, for somebody who may want to join it',
  source: 'Client-Server API, "Room Summary"',
  params: { roomIdOrAlias: pathText() },
  query: { via: optional(list(text({ description: 'servers; not asked' }))) },
  response: Type.Object({ ...roomSummaryFields, membership: optional(text({ description: 'of the caller' })) }),
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})
