import type { Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type StorageSearch, uploadersRequest } from './storage-search.ts'

export type Uploader = Awaited<ReturnType<Client['admin']['media']['getUserMediaStatistics']>>['users'][number]
export type LargeRoom = Awaited<ReturnType<Client['admin']['maintenance']['listLargestRooms']>>['rooms'][number]

export function uploadersQuery(client: Client, search: StorageSearch) {
  const query = uploadersRequest(search)
  return queryOptions({
    queryKey: ['storage', 'uploaders', query],
    queryFn: ({ signal }) => client.admin.media.getUserMediaStatistics({ query, signal }),
    placeholderData: keepPreviousData,
  })
}

export function largestRoomsQuery(client: Client) {
  return queryOptions({
    queryKey: ['storage', 'rooms'],
    queryFn: async ({ signal }) => (await client.admin.maintenance.listLargestRooms({ signal })).rooms,
  })
}
