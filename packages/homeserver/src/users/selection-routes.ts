import { contract } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { HomeserverSchema } from '../schema.ts'
import { checkTexts, readPage } from '../selection/index.ts'
import { selectionOf, userSelector } from './select-users.ts'
import type { UserRecord } from './user-record.ts'

export function userSelectionRoutes({ database }: { database: Database<HomeserverSchema> }): Route[] {
  return [
    route(contract.glia.users.findUsers, async ({ query }) => {
      checkTexts(query)
      const { items, next } = await readPage(userSelector, database.read, selectionOf(query), query)
      return { users: items.map(toWire), ...next }
    }),
  ]
}

/** As in the list, by id. */
export async function usersById(reads: Reads<HomeserverSchema>, userIds: readonly string[]) {
  const found = await userSelector.behindId(reads, { userIds }, '', userIds.length)
  return new Map<string, ReturnType<typeof toWire>>(found.map((user) => [user.userId, toWire(user)]))
}

function toWire(user: UserRecord) {
  return {
    user_id: user.userId,
    displayname: user.displayName ?? null,
    avatar_url: user.avatarUrl ?? null,
    admin: user.isAdmin,
    role: user.adminRole ?? null,
    guest: user.isGuest,
    locked: user.isLocked,
    suspended: user.isSuspended,
    shadow_banned: user.isShadowBanned,
    deactivated: user.isDeactivated,
    erased: user.isErased,
    user_type: user.userType ?? null,
    appservice_id: user.appserviceId ?? null,
    created_at: user.createdAtMs,
    last_seen: user.lastSeenMs ?? null,
  }
}
