import { ApiError, type Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type RoomsSearch, roomsRequest } from './rooms-search.ts'

export type RoomInList = Awaited<ReturnType<Client['admin']['rooms']['listRooms']>>['rooms'][number]
export type Room = Awaited<ReturnType<Client['admin']['rooms']['getRoom']>>
export type RoomDeletion = Awaited<ReturnType<Client['admin']['rooms']['listRoomDeletions']>>['results'][number]

export const roomsKey = ['rooms'] as const
const oneRoomKey = (roomId: string) => [...roomsKey, 'one', roomId] as const

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

export function roomMembersQuery(client: Client, roomId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'members'],
    queryFn: ({ signal }) => client.admin.rooms.listRoomMembers({ params: { room_id: roomId }, signal }),
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
