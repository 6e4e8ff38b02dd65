import { pageParam, textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const UPLOADERS_PER_PAGE = 50

export type UploaderOrder = 'media_length' | 'media_count' | 'user_id'

/** What takes up room, as the address tells it. Nothing said: who uploaded the most bytes. */
export interface StorageSearch {
  readonly tab?: 'rooms'
  /** Part of the user id or display name. */
  readonly name?: string
  readonly sort?: Exclude<UploaderOrder, 'media_length'>
  /** Numbers begin with the largest, names with the first; `turned`: the other way round. */
  readonly order?: 'turned'
  readonly page?: number
}

export function storageSearch(raw: Record<string, unknown>): StorageSearch {
  return withoutUndefined({
    tab: wordParam(raw.tab, ['rooms']),
    name: textParam(raw.name),
    sort: wordParam(raw.sort, ['media_count', 'user_id']),
    order: wordParam(raw.order, ['turned']),
    page: pageParam(raw.page),
  })
}

export function isDescending({ sort, order }: StorageSearch): boolean {
  return (sort !== 'user_id') !== (order === 'turned')
}

/** The same list as the Admin API wants to be asked for it. */
export function uploadersRequest(search: StorageSearch) {
  return {
    from: ((search.page ?? 1) - 1) * UPLOADERS_PER_PAGE,
    limit: UPLOADERS_PER_PAGE,
    order_by: search.sort ?? 'media_length',
    dir: isDescending(search) ? 'b' : 'f',
    from_ts: 0,
    ...(search.name !== undefined && { search_term: search.name }),
  } as const
}
