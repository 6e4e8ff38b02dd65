import type { Reads } from '@glia/database'
import { isJsonObject, type UserId } from '@glia/protocol'
import { get } from '../account-data/index.ts'
import type { HomeserverSchema } from '../schema.ts'

/** Whom the user ignores (Client-Server API, "Ignoring users"). */
export async function ignoredUsersOf(db: Reads<HomeserverSchema>, userId: UserId): Promise<ReadonlySet<string>> {
  const list = await get(db, userId, undefined, 'm.ignored_user_list')
  return new Set(isJsonObject(list?.ignored_users) ? Object.keys(list.ignored_users) : [])
}
