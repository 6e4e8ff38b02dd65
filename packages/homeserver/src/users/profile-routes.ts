import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Requester, type Route, route } from '@glia/http'
import { isUserId, type UserId } from '@glia/protocol'
import { type Profiles, profileNotFound } from './profiles.ts'
import type { UserTables } from './tables.ts'
import { listThreepids } from './user-details-store.ts'
import type { Users } from './users.ts'

export function profileRoutes(deps: { database: Database<UserTables>; profiles: Profiles; users: Users }): Route[] {
  const { database, profiles, users } = deps
  const endpoints = contract.client.profile

  const find = async (userId: string) => (await profiles.find(checkedUserId(userId))) ?? notFound()

  async function change(requester: Requester, userId: string, name: string, value: unknown): Promise<Record<string, never>> {
    const target = checkedUserId(userId)
    if (!users.isLocal(target)) throw new MatrixError('M_UNKNOWN', 'User is not hosted on this homeserver')
    if (target !== requester.userId && !requester.isAdmin) throw new MatrixError('M_FORBIDDEN', "Cannot set another user's profile")
    if (requester.isSuspended) throw new MatrixError('M_USER_SUSPENDED', 'Updating profile while account is suspended is not allowed.')
    await profiles.setField(target, name, value, { quietly: requester.isShadowBanned })
    return {}
  }

  return [
    route(endpoints.getProfile, async ({ params }) => find(params.user_id)),
    route(endpoints.getProfileField, async ({ params }) => {
      const profile = await find(params.user_id)
      const name = params.key_name
      if (Object.hasOwn(profile, name)) return { [name]: profile[name] }
      // the two old fields are answered with null, as Synapse does; clients do not expect 404 there
      return name === 'displayname' || name === 'avatar_url' ? { [name]: null } : notFound()
    }),
    route(endpoints.setProfileField, async ({ params, body, requester }) => {
      if (!Object.hasOwn(body, params.key_name)) throw new MatrixError('M_MISSING_PARAM', `Missing key '${params.key_name}'`)
      const value = (body as Record<string, unknown>)[params.key_name]
      return change(requester, params.user_id, params.key_name, value)
    }),
    route(endpoints.deleteProfileField, ({ params, requester }) => change(requester, params.user_id, params.key_name, undefined)),
    route(contract.client.threepids.listThreepids, async ({ requester }) => ({
      threepids: (await listThreepids(database.read, requester.userId)).map(({ medium, address, addedAtMs, validatedAtMs }) => ({
        medium,
        address,
        added_at: addedAtMs,
        validated_at: validatedAtMs,
      })),
    })),
  ]
}

function checkedUserId(text: string): UserId {
  if (!isUserId(text)) throw new MatrixError('M_INVALID_PARAM', 'Invalid user id')
  return text
}

function notFound(): never {
  throw profileNotFound()
}
