import type { AnyTransaction } from '@glia/database'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { Session, Sessions } from '../sessions/index.ts'

/**
 * Ends a session and deletes its device: a device lives as long as its session.
 * @returns the session, if it was live
 */
export async function endSessionWithDevice(
  tx: AnyTransaction,
  deps: { sessions: Sessions; homeserver: HomeserverLink },
  sessionId: string,
): Promise<Session | undefined> {
  const session = await deps.sessions.end(tx, sessionId)
  if (session?.userId && session.deviceId) await deps.homeserver.deleteDevices(tx, session.userId, [session.deviceId])
  return session
}
