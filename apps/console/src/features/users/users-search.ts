import { type AdminRole, adminRoles, type BodyOf, type contract } from '@glia/contract'
import { DAY_MS } from '../../ui/day.ts'
import { flagParam, pageParam, textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const USERS_PER_PAGE = 50

export const userOrders = ['name', 'displayname', 'admin', 'creation_ts', 'last_seen_ts', 'locked', 'is_guest', 'deactivated'] as const
export type UserOrder = (typeof userOrders)[number]

export const restrictions = ['locked', 'suspended', 'shadow-banned'] as const
/** Days. */
export const seenSpans = ['within-1', 'within-7', 'within-30', 'not-30', 'not-90', 'not-180', 'not-365'] as const
export const createdSpans = ['1', '7', '30', '90'] as const

/** What only Glia can choose users by. */
export interface RichFilters {
  readonly role?: AdminRole
  readonly restriction?: (typeof restrictions)[number]
  /** A user type, or `none`. */
  readonly type?: string
  readonly appservice?: 'yes' | 'no'
  readonly device?: 'yes' | 'no'
  readonly seen?: (typeof seenSpans)[number]
  /** Within so many days. */
  readonly created?: (typeof createdSpans)[number]
  /** An address that they came from. */
  readonly ip?: string
}

/** The list of users as its address tells it. Nothing said: active accounts, by name, first page. */
export interface UsersSearch extends RichFilters {
  /** Part of the localpart or display name. */
  readonly name?: string
  readonly state?: 'deactivated' | 'all'
  readonly admins?: true
  readonly withoutGuests?: true
  readonly withoutLocked?: true
  readonly sort?: UserOrder
  readonly dir?: 'b'
  readonly page?: number
  /** Where the page begins, with filters that only Glia has; absent: at the start. */
  readonly from?: string
}

export function usersSearch(raw: Record<string, unknown>): UsersSearch {
  return withoutUndefined({
    name: textParam(raw.name),
    state: wordParam(raw.state, ['deactivated', 'all']),
    admins: flagParam(raw.admins),
    withoutGuests: flagParam(raw.withoutGuests),
    withoutLocked: flagParam(raw.withoutLocked),
    role: wordParam(raw.role, adminRoles),
    restriction: wordParam(raw.restriction, restrictions),
    type: textParam(raw.type),
    appservice: wordParam(raw.appservice, ['yes', 'no']),
    device: wordParam(raw.device, ['yes', 'no']),
    seen: wordParam(raw.seen, seenSpans),
    created: wordParam(textParam(raw.created), createdSpans),
    ip: textParam(raw.ip),
    sort: wordParam(raw.sort, userOrders),
    dir: wordParam(raw.dir, ['b']),
    page: pageParam(raw.page),
    from: textParam(raw.from),
  })
}

/** The filters that are set and that only Glia has. */
export function richFilters(search: UsersSearch): RichFilters {
  const { role, restriction, type, appservice, device, seen, created, ip } = search
  return withoutUndefined({ role, restriction, type, appservice, device, seen, created, ip })
}

/** The same list as Synapse's Admin API wants to be asked for it. Filters that only Glia has are not in it. */
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

export type UserSelection = NonNullable<BodyOf<typeof contract.glia.bulk.startUserBulk>['select']>

/** The same users as Glia chooses them, for its list and for bulk work. @param nowMs what days are counted back from */
export function userSelection(search: UsersSearch, nowMs: number): UserSelection {
  const { restriction, seen, created } = search
  const [, word, days] = /^(within|not)-(\d+)$/.exec(seen ?? '') ?? []
  const seenMs = nowMs - Number(days) * DAY_MS
  return withoutUndefined({
    search: search.name,
    admin: search.admins,
    guest: search.withoutGuests && false,
    deactivated: search.state === 'all' ? undefined : search.state === 'deactivated',
    role: search.role,
    locked: restriction === 'locked' ? true : search.withoutLocked && false,
    suspended: restriction === 'suspended' || undefined,
    shadow_banned: restriction === 'shadow-banned' || undefined,
    user_type: search.type,
    appservice: search.appservice && search.appservice === 'yes',
    has_device: search.device && search.device === 'yes',
    last_seen_before: word === 'not' ? seenMs : undefined,
    last_seen_after: word === 'within' ? seenMs : undefined,
    created_after: created && nowMs - Number(created) * DAY_MS,
    ip: search.ip,
  })
}

const ORDERS = { last_seen_ts: 'last_seen', creation_ts: 'created' } as const

/** How Glia's list is sorted: it knows fewer orders than Synapse's. */
export function richOrder({ sort, dir }: UsersSearch) {
  const isKnown = sort === 'last_seen_ts' || sort === 'creation_ts'
  return { order_by: isKnown ? ORDERS[sort] : 'user_id', dir: dir ?? 'f' } as const
}

export const userTabs = ['overview', 'devices', 'rooms', 'media'] as const
export type UserTab = (typeof userTabs)[number]

export interface UserPanelSearch {
  readonly tab?: Exclude<UserTab, 'overview'>
}

export function userPanelSearch(raw: Record<string, unknown>): UserPanelSearch {
  return withoutUndefined({ tab: wordParam(raw.tab, ['devices', 'rooms', 'media']) })
}
