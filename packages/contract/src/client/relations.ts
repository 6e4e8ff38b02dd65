import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, oneOf, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const path = '/_matrix/client/v1/rooms/{roomId}/relations/{eventId}'
/** Clients of before v1.3 ask under `unstable`. */
const unstablePath = '/_matrix/client/unstable/rooms/{roomId}/relations/{eventId}'
const source = 'Client-Server API, "Relationships API"'
const query = {
  from: optional(text({ description: 'token' })),
  to: optional(text({ description: 'token' })),
  dir: oneOf(['b', 'f'], { default: 'b' }),
  limit: optional(integer({ minimum: 0, description: 'default 5' })),
  recurse: flag({ default: false }),
}
const response = Type.Object({
  chunk: list(anyObject()),
  next_batch: optional(text()),
  prev_batch: optional(text()),
  recursion_depth: optional(integer()),
})
const errors = ['M_FORBIDDEN', 'M_NOT_FOUND', 'M_INVALID_PARAM', 'M_UNKNOWN'] as const

export const getRelations = endpoint({
  id: 'client.relations.list',
  method: 'GET',
  path,
  aliases: [unstablePath],
  surface: 'client',
  access: access.user,
  summary: 'Events that relate to an event',
  source,
  params: { roomId: pathText(), eventId: pathText() },
  query,
  response,
  errors,
})

export const getRelationsByType = endpoint({
  id: 'client.relations.list_by_type',
  method: 'GET',
  path: `${path}/{relType}`,
  aliases: [`${unstablePath}/{relType}`],
  surface: 'client',
  access: access.user,
  summary: 'Events that relate to an event in one way',
  source,
  params: { roomId: pathText(), eventId: pathText(), relType: pathText() },
  query,
  response,
  errors,
})

export const getRelationsByTypeAndEventType = endpoint({
  id: 'client.relations.list_by_type_and_event_type',
  method: 'GET',
  path: `${path}/{relType}/{eventType}`,
  aliases: [`${unstablePath}/{relType}/{eventType}`],
  surface: 'client',
  access: access.user,
  summary: 'Events of one type that relate to an event in one way',
  source,
  params: { roomId: pathText(), eventId: pathText(), relType: pathText(), eventType: pathText() },
  query,
  response,
  errors,
})

export const getThreads = endpoint({
  id: 'client.threads.list',
  method: 'GET',
  path: '/_matrix/client/v1/rooms/{roomId}/threads',
  aliases: ['/_matrix/client/unstable/org.matrix.msc3856/rooms/{roomId}/threads'],
  surface: 'client',
  access: access.user,
  summary: 'The threads of a room, newest activity first',
  source: 'Client-Server API, "Querying threads in a room"',
  params: { roomId: pathText() },
  query: {
    include: oneOf(['all', 'participated'], { default: 'all' }),
    limit: optional(integer({ minimum: 0, description: 'default 5' })),
    from: optional(text({ description: 'token' })),
  },
  response: Type.Object({ chunk: list(anyObject()), next_batch: optional(text()) }),
  errors: ['M_FORBIDDEN', 'M_INVALID_PARAM', 'M_UNKNOWN'],
})
