import { pageParam, textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const DESTINATIONS_PER_PAGE = 50

const destinationOrders = ['destination', 'failure_ts', 'retry_last_ts'] as const
export type DestinationOrder = (typeof destinationOrders)[number]

/** The other servers as the address tells it. Nothing said: all of them, by name. */
export interface FederationSearch {
  /** Part of the server's name. */
  readonly name?: string
  readonly sort?: DestinationOrder
  readonly dir?: 'b'
  readonly page?: number
  /** The server whose panel is open. */
  readonly server?: string
}

export function federationSearch(raw: Record<string, unknown>): FederationSearch {
  return withoutUndefined({
    name: textParam(raw.name),
    sort: wordParam(raw.sort, destinationOrders),
    dir: wordParam(raw.dir, ['b']),
    page: pageParam(raw.page),
    server: textParam(raw.server),
  })
}

/** The same list as the Admin API wants to be asked for it. */
export function destinationsRequest({ name, sort, dir, page }: FederationSearch) {
  return {
    from: ((page ?? 1) - 1) * DESTINATIONS_PER_PAGE,
    limit: DESTINATIONS_PER_PAGE,
    order_by: sort ?? 'destination',
    dir: dir ?? 'f',
    ...(name !== undefined && { destination: name }),
  } as const
}
