import { pageParam, textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const ROOMS_PER_PAGE = 50

export const roomOrders = ['name', 'joined_members', 'joined_local_members', 'version', 'creator', 'state_events'] as const
export type RoomOrder = (typeof roomOrders)[number]

/** The list of rooms as its address tells it. Nothing said: all rooms, by name, first page. */
export interface RoomsSearch {
  /** Part of the name, of the alias or of the room id. */
  readonly term?: string
  readonly kind?: 'public' | 'private' | 'empty'
  readonly sort?: RoomOrder
  readonly dir?: 'b'
  readonly page?: number
}

export function roomsSearch(raw: Record<string, unknown>): RoomsSearch {
  return withoutUndefined({
    term: textParam(raw.term),
    kind: wordParam(raw.kind, ['public', 'private', 'empty']),
    sort: wordParam(raw.sort, roomOrders),
    dir: wordParam(raw.dir, ['b']),
    page: pageParam(raw.page),
  })
}

const KINDS = { public: { public_rooms: true }, private: { public_rooms: false }, empty: { empty_rooms: true } } as const

/** Numbers that the server sorts from large to small when asked to sort forwards. */
const LARGEST_FIRST: readonly RoomOrder[] = ['joined_members', 'joined_local_members', 'version', 'state_events']

/** The same list as the Admin API wants to be asked for it. */
export function roomsRequest(search: RoomsSearch) {
  const order = search.sort ?? 'name'
  const isBackwards = (search.dir === 'b') !== LARGEST_FIRST.includes(order)
  return {
    from: ((search.page ?? 1) - 1) * ROOMS_PER_PAGE,
    limit: ROOMS_PER_PAGE,
    order_by: order,
    dir: isBackwards ? 'b' : 'f',
    ...(search.term !== undefined && { search_term: search.term }),
    ...(search.kind !== undefined && KINDS[search.kind]),
  } as const
}

export const roomTabs = ['overview', 'members', 'messages', 'media', 'state'] as const
export type RoomTab = (typeof roomTabs)[number]

export interface RoomPanelSearch {
  readonly tab?: Exclude<RoomTab, 'overview'>
  /** A purge of the history whose progress is shown. */
  readonly purge?: string
}

export function roomPanelSearch(raw: Record<string, unknown>): RoomPanelSearch {
  return withoutUndefined({ tab: wordParam(raw.tab, ['members', 'messages', 'media', 'state']), purge: textParam(raw.purge) })
}
