import type { Transaction } from '@glia/database'
import type { Requester } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { Devices } from '../devices/index.ts'
import type { UserTables } from './tables.ts'

/** Ends sessions and devices of a user after a new password; who asks about the own account stays signed in. */
export async function endOtherSessions(
  tx: Transaction<UserTables>,
  deps: { auth: AuthLink; devices: Devices },
  requester: Requester,
  userId: UserId,
): Promise<void> {
  const isOwn = requester.userId === userId
  await deps.auth.endSessions(tx, userId, isOwn ? { exceptSessionId: requester.sessionId } : {})
  await deps.devices.removeAll(tx, userId, { exceptDeviceId: isOwn ? requester.deviceId : undefined })
}
