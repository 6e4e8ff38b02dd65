import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Keys } from './keys.ts'

const RESET_ALLOWED_MS = 10 * 60_000

/** Synapse Admin API, "Allow replacing master cross-signing key without User-Interactive Auth". */
export function keyAdminRoutes(deps: { database: Database<HomeserverSchema>; keys: Keys; clock: Clock }): Route[] {
  const { database, keys, clock } = deps
  return [
    route(contract.admin.userData.allowCrossSigningReplacement, async ({ params }) => {
      const untilMs = clock.nowMs() + RESET_ALLOWED_MS
      await database.transaction((tx) => keys.allowCrossSigningReset(tx, params.user_id as UserId, untilMs))
      return { updatable_without_uia_before_ms: untilMs }
    }),
  ]
}
