import type { Database } from '@glia/database'
import type { DeviceId, UserId } from '@glia/protocol'
import { localpartOf } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** For tests: a user with devices, each called `phone` and its id, without an account that could sign in. */
export async function addTestUser(
  database: Database<HomeserverSchema>,
  userId: UserId,
  deviceIds: readonly DeviceId[] = [],
): Promise<void> {
  await database.transaction(async ({ db }) => {
    await db
      .insertInto('users')
      .values({
        user_id: userId,
        localpart: localpartOf(userId),
        created_at_ms: 0,
        user_type: null,
        appservice_id: null,
        display_name: null,
        avatar_url: null,
        consent_version: null,
        consent_at_ms: null,
        last_seen_ms: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    for (const device_id of deviceIds) {
      await db
        .insertInto('devices')
        .values({
          user_id: userId,
          device_id,
          display_name: `phone ${device_id}`,
          created_at_ms: 0,
          last_seen_ms: null,
          last_seen_ip: null,
          last_seen_user_agent: null,
        })
        .execute()
    }
  })
}
