import type { AnyTransaction } from '@glia/database'
import type { Origin } from '@glia/http'
import type { Random } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { IssuedTokens, Sessions } from '../sessions/index.ts'

/** What a client says about the session that it wants. */
export interface SessionRequest {
  /** Absent or empty: a new device. */
  readonly deviceId: string | undefined
  /** Used only if the device is new. */
  readonly deviceName: string | undefined
  /** The client can refresh: it gets a short-lived access token and a refresh token. */
  readonly refreshable: boolean
  readonly origin: Origin
}

export interface OpenedSession extends IssuedTokens {
  readonly deviceId: DeviceId
}

/**
 * Makes the device, then a session on it; older sessions of the device end.
 * @throws MatrixError M_INVALID_PARAM for a device id that cannot be kept
 */
export async function openSession(
  tx: AnyTransaction,
  deps: { homeserver: HomeserverLink; sessions: Sessions; random: Random },
  userId: UserId,
  request: SessionRequest,
): Promise<OpenedSession> {
  const deviceId = (request.deviceId || deps.random.text(10, 'upperAlphanumeric')) as DeviceId
  await deps.homeserver.upsertDevice(tx, { userId, deviceId, displayName: request.deviceName })
  const { refreshable, origin, deviceName } = request
  const tokens = await deps.sessions.createLegacySession(tx, { userId, deviceId, refreshable, humanName: deviceName, origin })
  return { ...tokens, deviceId }
}

/** The part of `/login`'s and `/register`'s answer that lets the client in. */
export function sessionToWire(session: OpenedSession) {
  return {
    access_token: session.accessToken,
    device_id: session.deviceId as string,
    ...(session.refreshToken === undefined ? {} : { refresh_token: session.refreshToken }),
    ...(session.expiresInMs === undefined ? {} : { expires_in_ms: session.expiresInMs }),
  }
}
