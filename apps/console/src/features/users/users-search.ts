import { flagParam, pageParam, textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const USERS_PER_PAGE = 50

export const userOrders = ['name', 'displayname', 'admin', 'creation_ts', 'last_seen_ts', 'locked', 'is_guest', 'deactivated'] as const
export type UserOrder = (typeof userOrders)[number]

/** The list of users as its address tells it. Nothing said: active accounts, by name, first page. */
export interface UsersSearch {
  /** Part of the localpart or display name. */
  readonly name?: string
  readonly state?: 'deactivated' | 'all'
  readonly admins?: true
  readonly withoutGuests?: true
  readonly withoutLocked?: true
  readonly sort?: UserOrder
  readonly dir?: 'b'
  readonly page?: number
}

export function usersSearch(raw: Record<string, unknown>): UsersSearch {
  return withoutUndefined({
    name: textParam(raw.name),
    state: wordParam(raw.state, ['deactivated', 'all']),
    admins: flagParam(raw.admins),
    withoutGuests: flagParam(raw.withoutGuests),
    withoutLocked: flagParam(raw.withoutLocked),
    sort: wordParam(raw.sort, userOrders),
    dir: wordParam(raw.dir, ['b']),
    page: pageParam(raw.page),
  })
}

/** The same list as the Admin API wants to be asked for it. */
export function usersRequest(search: UsersSearch) {
  return {
    from: ((search.page ?? 1) - 1) * USERS_PER_PAGE,
    limit: USERS_PER_PAGE,
    order_by: search.sort ?? 'name',
    dir: search.dir ?? 'f',
    guests: !search.withoutGuests,
    locked: !search.withoutLocked,
    ...(search.name !== undefined && { name: search.name }),
    ...(search.admins && { admins: true }),
    ...(search.state !== 'all' && { deactivated: search.state === 'deactivated' }),
  } as const
}

export const userTabs = ['overview', 'devices', 'rooms', 'media'] as const
export type UserTab = (typeof userTabs)[number]

export interface UserPanelSearch {
  readonly tab?: Exclude<UserTab, 'overview'>
}

export function userPanelSearch(raw: Record<string, unknown>): UserPanelSearch {
  return withoutUndefined({ tab: wordParam(raw.tab, ['devices', 'rooms', 'media']) })
}
