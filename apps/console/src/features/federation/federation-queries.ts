import type { Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { destinationsRequest, type FederationSearch } from './federation-search.ts'

export type Destination = Awaited<ReturnType<Client['admin']['federation']['getDestination']>>

/** Everything about other servers that is kept in memory. */
export const federationKey = ['federation'] as const
export const ROOMS_PER_PAGE = 20

export function destinationsQuery(client: Client, search: FederationSearch) {
  const query = destinationsRequest(search)
  return queryOptions({
    queryKey: [...federationKey, 'list', query],
    queryFn: ({ signal }) => client.admin.federation.listDestinations({ query, signal }),
    placeholderData: keepPreviousData,
  })
}

export function destinationQuery(client: Client, destination: string) {
  return queryOptions({
    queryKey: [...federationKey, 'one', destination],
    queryFn: ({ signal }) => client.admin.federation.getDestination({ params: { destination }, signal }),
  })
}

export function destinationRoomsQuery(client: Client, destination: string, page: number) {
  const query = { from: (page - 1) * ROOMS_PER_PAGE, limit: ROOMS_PER_PAGE, dir: 'f' } as const
  return queryOptions({
    queryKey: [...federationKey, 'rooms', destination, page],
    queryFn: ({ signal }) => client.admin.federation.listDestinationRooms({ params: { destination }, query, signal }),
    placeholderData: keepPreviousData,
  })
}
