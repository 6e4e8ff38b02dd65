import { ApiError, type Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type UsersSearch, usersRequest } from './users-search.ts'

export type UserInList = Awaited<ReturnType<Client['admin']['users']['listUsersV3']>>['users'][number]
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

export function usersQuery(client: Client, search: UsersSearch) {
  const request = usersRequest(search)
  return queryOptions({
    queryKey: [...usersKey, 'list', request],
    queryFn: ({ signal }) => listUsers(client, request, signal),
    placeholderData: keepPreviousData,
  })
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
