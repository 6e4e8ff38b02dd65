import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'
import type { Users } from './users.ts'

/** Synapse Admin API, "Account validity API". @param deps.periodMs how long an account can be used by default; undefined: none is set */
export function accountValidityRoutes(deps: {
  readonly database: Database<UserTables>
  readonly users: Users
  readonly clock: Clock
  readonly periodMs: number | undefined
}): Route[] {
  const { database, users, clock, periodMs } = deps
  return [
    route(contract.admin.accountValidity.setAccountValidity, async ({ body }) => {
      if (body.user_id === undefined) throw new MatrixError('M_UNKNOWN', "Missing property 'user_id' in the request body")
      const expiresAtMs = body.expiration_ts ?? (periodMs === undefined ? undefined : clock.nowMs() + periodMs)
      if (expiresAtMs === undefined)
        throw new MatrixError('M_MISSING_PARAM', 'expiration_ts is needed where no account_validity.period is set')
      const userId = body.user_id.includes('\0') ? undefined : (body.user_id as UserId)
      const before = userId && (await database.transaction((tx) => users.update(tx, userId, { expires_at_ms: expiresAtMs })))
      if (!before) throw new MatrixError('M_NOT_FOUND', 'User not found')
      return { expiration_ts: expiresAtMs }
    }),
  ]
}
