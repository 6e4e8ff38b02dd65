import { ApiError, type Client } from '@glia/client'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type RoomsSearch, roomsRequest } from './rooms-search.ts'

export type RoomInList = Awaited<ReturnType<Client['admin']['rooms']['listRooms']>>['rooms'][number]
export type Room = Awaited<ReturnType<Client['admin']['rooms']['getRoom']>>
export type RoomDeletion = Awaited<ReturnType<Client['admin']['rooms']['listRoomDeletions']>>['results'][number]

export const roomsKey = ['rooms'] as const
export const oneRoomKey = (roomId: string) => [...roomsKey, 'one', roomId] as const

const POLL_MS = 1500

export function roomsQuery(client: Client, search: RoomsSearch) {
  const request = roomsRequest(search)
  return queryOptions({
    queryKey: [...roomsKey, 'list', request],
    queryFn: ({ signal }) => client.admin.rooms.listRooms({ query: request, signal }),
    placeholderData: keepPreviousData,
  })
}

export function roomQuery(client: Client, roomId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'details'],
    queryFn: ({ signal }) => client.admin.rooms.getRoom({ params: { room_id: roomId }, signal }),
  })
}

const MESSAGES_PER_PAGE = 20
const MESSAGE_TYPES = JSON.stringify({ types: ['m.room.message', 'm.room.encrypted', 'm.sticker'] })

/** The history of a room, newest first. */
export function roomMessagesQuery(client: Client, roomId: string, onlyMessages: boolean) {
  return infiniteQueryOptions({
    queryKey: [...oneRoomKey(roomId), 'messages', onlyMessages],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.admin.roomHistory.getRoomMessages({
        params: { room_id: roomId },
        query: {
          dir: 'b',
          limit: MESSAGES_PER_PAGE,
          ...(pageParam !== undefined && { from: pageParam }),
          ...(onlyMessages && { filter: MESSAGE_TYPES }),
        },
        signal,
      }),
    getNextPageParam: (last) => (last.chunk.length === 0 ? undefined : last.end),
  })
}

/** How many rooms the server knows. */
export function roomsTotalQuery(client: Client) {
  return queryOptions({
    queryKey: [...roomsKey, 'total'],
    queryFn: async ({ signal }) => (await client.admin.rooms.listRooms({ query: { ...roomsRequest({}), limit: 1 }, signal })).total_rooms,
  })
}

/** A purge of a room's history; asked again and again while it is under way. */
export function purgeQuery(client: Client, roomId: string, purgeId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'purge', purgeId],
    queryFn: ({ signal }) => client.admin.purgeHistory.getHistoryPurge({ params: { purge_id: purgeId }, signal }),
    refetchInterval: ({ state: { data } }) => (data?.status === 'active' ? POLL_MS : false),
  })
}

/** Addresses of the files that unencrypted events of the room point to. */
export function roomMediaQuery(client: Client, roomId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'media'],
    queryFn: ({ signal }) => client.admin.media.listRoomMedia({ params: { room_id: roomId }, signal }),
  })
}

export function roomStateQuery(client: Client, roomId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'state'],
    queryFn: ({ signal }) => client.admin.rooms.getRoomState({ params: { room_id: roomId }, signal }),
  })
}

export function roomBlockQuery(client: Client, roomId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'block'],
    queryFn: ({ signal }) => client.admin.rooms.getRoomBlock({ params: { room_id: roomId }, signal }),
  })
}

export const roomDeletionsKey = (roomId: string) => [...oneRoomKey(roomId), 'deletions'] as const

/** The deletions of a room that the server remembers; asked again and again while one is under way. */
export function roomDeletionsQuery(client: Client, roomId: string) {
  return queryOptions({
    queryKey: roomDeletionsKey(roomId),
    queryFn: async ({ signal }): Promise<readonly RoomDeletion[]> => {
      try {
        return (await client.admin.rooms.listRoomDeletions({ params: { room_id: roomId }, signal })).results
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return []
        throw error
      }
    },
    refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? POLL_MS : false),
  })
}

export function isUnderWay({ status }: RoomDeletion): boolean {
  // Synapse has two more words for it than Glia: `shutting_down` and `purging`
  return !['complete', 'failed', 'cancelled'].includes(status)
}
