import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, list, nullable, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "Federation API"'
const params = { destination: pathText() }
const errors = ['M_NOT_FOUND'] as const
const page = {
  from: integer({ minimum: 0, default: 0 }),
  limit: integer({ minimum: 0, default: 100 }),
  dir: oneOf(['b', 'f'], { default: 'f' }),
}
const destination = {
  destination: text(),
  retry_last_ts: timestampMs(),
  retry_interval: integer({ description: 'ms' }),
  failure_ts: nullable(timestampMs()),
  last_successful_stream_ordering: nullable(integer()),
}

export const listDestinations = endpoint({
  id: 'admin.federation.destinations',
  method: 'GET',
  path: '/_synapse/admin/v1/federation/destinations',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Servers that this one sends to, and how that goes; none as long as Glia does not federate',
  source,
  query: {
    ...page,
    destination: optional(text({ description: 'only servers whose name holds this' })),
    order_by: oneOf(['destination', 'retry_last_ts', 'retry_interval', 'failure_ts', 'last_successful_stream_ordering'], {
      default: 'destination',
    }),
  },
  response: Type.Object({ destinations: list(Type.Object(destination)), next_token: optional(text()), total: integer() }),
})

export const getDestination = endpoint({
  id: 'admin.federation.destination',
  method: 'GET',
  path: '/_synapse/admin/v1/federation/destinations/{destination}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How sending to a server goes',
  source,
  params,
  response: Type.Object(destination),
  errors,
})

export const listDestinationRooms = endpoint({
  id: 'admin.federation.destination_rooms',
  method: 'GET',
  path: '/_synapse/admin/v1/federation/destinations/{destination}/rooms',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Rooms that are shared with a server',
  source,
  params,
  query: page,
  response: Type.Object({
    rooms: list(Type.Object({ room_id: text(), stream_ordering: integer() })),
    next_token: optional(text()),
    total: integer(),
  }),
  errors,
})

export const resetConnection = endpoint({
  id: 'admin.federation.reset_connection',
  method: 'POST',
  path: '/_synapse/admin/v1/federation/destinations/{destination}/reset_connection',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Try again at once to send to a server',
  source,
  params,
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})
