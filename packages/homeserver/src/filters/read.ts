import type { Reads } from '@glia/database'
import type { JsonObject, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** A filter as the user stored it; valid for `parseFilter` of the protocol package. */
export async function findFilter(db: Reads<HomeserverSchema>, userId: UserId, filterId: string): Promise<JsonObject | undefined> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(filterId)) return undefined
  const row = await db
    .selectFrom('filters')
    .select('content')
    .where('user_id', '=', userId)
    .where('filter_id', '=', filterId)
    .executeTakeFirst()
  return row && (JSON.parse(row.content) as JsonObject)
}
