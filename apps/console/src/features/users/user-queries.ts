import { ApiError, type Client } from '@glia/client'
import { contract } from '@glia/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Powers } from '../../app/session/index.ts'
import { richFilters, richOrder, USERS_PER_PAGE, type UsersSearch, userSelection, usersRequest } from './users-search.ts'

type ListedBySynapse = Awaited<ReturnType<Client['admin']['users']['listUsersV3']>>['users'][number]
/** A row of the list, whichever of the two lists it comes from. */
export type UserInList = Pick<
  ListedBySynapse,
  | 'name'
  | 'displayname'
  | 'admin'
  | 'is_guest'
  | 'deactivated'
  | 'erased'
  | 'locked'
  | 'shadow_banned'
  | 'user_type'
  | 'last_seen_ts'
  | 'creation_ts'
> & { readonly suspended?: boolean }
export type User = Awaited<ReturnType<Client['admin']['users']['getUser']>>
export type Device = Awaited<ReturnType<Client['admin']['devices']['listDevices']>>['devices'][number]
export type UserMedia = Awaited<ReturnType<Client['admin']['media']['listUserMedia']>>['media'][number]

/** Everything about users that is kept in memory; what changes a user lets it be asked for anew. */
export const usersKey = ['users'] as const
const oneUserKey = (userId: string) => [...usersKey, 'one', userId] as const

type UsersRequest = Omit<ReturnType<typeof usersRequest>, 'limit'> & { readonly limit: number }

async function listUsers(client: Client, request: UsersRequest, signal: AbortSignal) {
  try {
    return await client.admin.users.listUsersV3({ query: request, signal })
  } catch (error) {
    // a Synapse that delegates authentication has no guests and refuses to be asked for them
    const isAboutGuests = error instanceof ApiError && error.status === 400 && /guests/.test(error.message)
    if (!isAboutGuests || !request.guests) throw error
    return client.admin.users.listUsersV3({ query: { ...request, guests: false }, signal })
  }
}

/** A page of users, and the way to the others: their number, or where the next page begins. */
export interface UsersPageOf {
  readonly users: readonly UserInList[]
  readonly total?: number
  readonly next?: string | undefined
}

/** Whether Glia's own list is asked: a filter is set that only that one has. */
export function asksGlia(powers: Powers, search: UsersSearch): boolean {
  return Object.keys(richFilters(search)).length > 0 && powers.may(contract.glia.users.findUsers)
}

/** Synapse's list, which tells how many there are, or Glia's. */
export function usersQuery(client: Client, powers: Powers, search: UsersSearch) {
  const list = asksGlia(powers, search) ? listOfGlia(client, search) : listOfSynapse(client, search)
  return queryOptions({
    queryKey: [...usersKey, 'list', list.request as object],
    queryFn: ({ signal }) => list.ask(signal),
    placeholderData: keepPreviousData,
  })
}

function listOfSynapse(client: Client, search: UsersSearch) {
  const request = usersRequest(search)
  return { request, ask: (signal: AbortSignal): Promise<UsersPageOf> => listUsers(client, request, signal) }
}

function listOfGlia(client: Client, search: UsersSearch) {
  const { from } = search
  const request = {
    ...userSelection(search, hourMs(Date.now())),
    ...richOrder(search),
    limit: USERS_PER_PAGE,
    ...(from !== undefined && { from }),
  }
  return {
    request,
    async ask(signal: AbortSignal): Promise<UsersPageOf> {
      const { users, next_token: next } = await client.glia.users.findUsers({ query: request, signal })
      return { users: users.map(asListed), next }
    },
  }
}

/** Spans are counted from the full hour, so that the same list stays the same question for a while. */
export function hourMs(nowMs: number): number {
  return nowMs - (nowMs % 3_600_000)
}

function asListed(user: Awaited<ReturnType<Client['glia']['users']['findUsers']>>['users'][number]): UserInList {
  const { user_id: name, guest, last_seen: seen, created_at: created, ...same } = user
  return { ...same, name, is_guest: guest, last_seen_ts: seen, creation_ts: created }
}

/** How many active accounts there are. */
export function usersTotalQuery(client: Client) {
  return queryOptions({
    queryKey: [...usersKey, 'total'],
    queryFn: async ({ signal }) => (await listUsers(client, { ...usersRequest({}), limit: 1 }, signal)).total,
  })
}

/** For choosing one of them; helpers are in no list. */
export function adminsQuery(client: Client) {
  return queryOptions({
    queryKey: [...usersKey, 'admins'],
    queryFn: ({ signal }) => listUsers(client, { ...usersRequest({ admins: true }), limit: 100 }, signal),
    staleTime: 60_000,
  })
}

export function userQuery(client: Client, userId: string) {
  return queryOptions({
    queryKey: [...oneUserKey(userId), 'details'],
    queryFn: ({ signal }) => client.admin.users.getUser({ params: { user_id: userId }, signal }),
  })
}

/** Only where the server has roles. */
export function userRoleQuery(client: Client, userId: string) {
  return queryOptions({
    queryKey: [...oneUserKey(userId), 'role'],
    queryFn: ({ signal }) => client.glia.adminRoles.getAdminRole({ params: { user_id: userId }, signal }),
  })
}

export function devicesQuery(client: Client, userId: string) {
  return queryOptions({
    queryKey: [...oneUserKey(userId), 'devices'],
    queryFn: ({ signal }) => client.admin.devices.listDevices({ params: { user_id: userId }, signal }),
  })
}

export function joinedRoomsQuery(client: Client, userId: string) {
  return queryOptions({
    queryKey: [...oneUserKey(userId), 'rooms'],
    queryFn: ({ signal }) => client.admin.users.listJoinedRooms({ params: { user_id: userId }, signal }),
  })
}

export const MEDIA_PER_PAGE = 20

export function userMediaQuery(client: Client, userId: string, page: number) {
  const query = { from: (page - 1) * MEDIA_PER_PAGE, limit: MEDIA_PER_PAGE, order_by: 'created_ts', dir: 'b' } as const
  return queryOptions({
    queryKey: [...oneUserKey(userId), 'media', page],
    queryFn: ({ signal }) => client.admin.media.listUserMedia({ params: { user_id: userId }, query, signal }),
    placeholderData: keepPreviousData,
  })
}
