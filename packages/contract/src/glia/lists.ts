import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, list, nullable, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

export const listNames = ['rooms', 'media', 'servers', 'usernames'] as const

const common = { surface: 'glia', access: access.serverAdmin, source: 'Glia, docs/lists.md' } as const

const entry = Type.Object({
  item: text({ description: 'a room id, SHA-256, server name or pattern of user names' }),
  reason: nullable(text()),
  added_by: text(),
  added_at: timestampMs(),
  expires_at: nullable(timestampMs({ description: 'from then on the entry is none; null: never' })),
})

/** The endpoints of one list. @param param names the item in the path */
function endpointsOf<N extends (typeof listNames)[number], P extends string>(name: N, param: P, what: string) {
  const params = { [param]: pathText() } as { [K in P]: ReturnType<typeof pathText> }
  return {
    list: endpoint({
      ...common,
      id: `glia.lists.${name}_list`,
      method: 'GET',
      path: `/_glia/admin/v1/lists/${name}`,
      summary: `The list of ${what}, by item`,
      query: {
        search: optional(text({ description: 'part of the item' })),
        from: optional(text({ description: '`next_token` of the page before' })),
        limit: integer({ default: 100, minimum: 1, maximum: 1000 }),
      },
      response: Type.Object({ entries: list(entry), next_token: optional(text()) }),
      errors: ['M_INVALID_PARAM'],
    }),
    put: endpoint({
      ...common,
      id: `glia.lists.${name}_put`,
      method: 'PUT',
      path: `/_glia/admin/v1/lists/${name}/{${param}}`,
      summary: `Puts an entry into the list of ${what}, or changes its reason and end`,
      params,
      optionalBody: {
        reason: optional(nullable(text({ maxLength: 1000 }))),
        expires_at: optional(nullable(timestampMs({ description: 'ms since 1970-01-01 UTC; default: never' }))),
      },
      response: entry,
      errors: ['M_INVALID_PARAM'],
    }),
    remove: endpoint({
      ...common,
      id: `glia.lists.${name}_delete`,
      method: 'DELETE',
      path: `/_glia/admin/v1/lists/${name}/{${param}}`,
      summary: `Takes an entry out of the list of ${what}`,
      params,
      errors: ['M_INVALID_PARAM', 'M_NOT_FOUND'],
    }),
  }
}

const rooms = endpointsOf('rooms', 'room_id', 'rooms that nobody may join')
const media = endpointsOf('media', 'sha256', 'content that is neither taken nor given out')
const servers = endpointsOf('servers', 'blocked_server', 'servers that nothing is asked of')
const usernames = endpointsOf('usernames', 'username_pattern', 'user names that nobody may register')

export const listBlockedRooms = rooms.list
export const putBlockedRoom = rooms.put
export const deleteBlockedRoom = rooms.remove
export const listBlockedMedia = media.list
export const putBlockedMedia = media.put
export const deleteBlockedMedia = media.remove
export const listBlockedServers = servers.list
export const putBlockedServer = servers.put
export const deleteBlockedServer = servers.remove
export const listReservedUsernames = usernames.list
export const putReservedUsername = usernames.put
export const deleteReservedUsername = usernames.remove
