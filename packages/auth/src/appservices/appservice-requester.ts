import { MatrixError } from '@glia/contract'
import type { Origin, Requester } from '@glia/http'
import { type Appservice, type DeviceId, isOwnUser, isUserId, type UserId } from '@glia/protocol'
import type { HomeserverLink, LinkedUser } from '../homeserver-link.ts'

const NO_SCOPES: ReadonlySet<string> = new Set()

/**
 * Who is meant by a request with an `as_token`: the user that its query names (`user_id`, `device_id`), or the service's sender.
 * Codes and texts are Synapse's. Source: Application Service API, "Identity assertion".
 * @throws MatrixError M_FORBIDDEN: not a user of the service, or not registered; M_UNKNOWN_DEVICE
 */
export async function appserviceRequester(
  deps: { homeserver: HomeserverLink; areIpsTracked: boolean },
  service: Appservice,
  query: URLSearchParams | undefined,
  origin: Origin,
): Promise<Requester> {
  const { homeserver } = deps
  const user = await assertedUser(homeserver, service, query?.get('user_id') ?? service.sender)
  const deviceId = await assertedDevice(homeserver, user.userId, query?.get('device_id') ?? query?.get('org.matrix.msc3202.device_id'))
  if (deps.areIpsTracked) homeserver.recordActivity({ userId: user.userId, deviceId, ...origin })
  const session = `appservice ${service.id}${deviceId === undefined ? '' : ` ${deviceId}`}`
  return {
    userId: user.userId,
    deviceId,
    isAdmin: user.isAdmin,
    adminRoles: [],
    isGuest: user.isGuest,
    // a lock keeps people out, not their bridge, as in Synapse
    isLocked: false,
    isSuspended: user.isSuspended,
    isShadowBanned: user.isShadowBanned,
    isExpired: false,
    isUnlimited: user.messageLimit?.perSecond === 0,
    messageLimit: user.messageLimit,
    origin: 'appservice',
    appservice: service,
    scopes: NO_SCOPES,
    sessionId: session,
    tokenId: session,
    puppetOwner: undefined,
  }
}

async function assertedUser(homeserver: HomeserverLink, service: Appservice, userId: string): Promise<LinkedUser> {
  if (!isUserId(userId) || userId.includes('\0') || !isOwnUser(service, userId)) {
    throw new MatrixError('M_FORBIDDEN', `Application service cannot masquerade as this user (${userId}).`)
  }
  const user = await homeserver.findUser(userId)
  if (!user) throw new MatrixError('M_FORBIDDEN', `Application service has not registered this user (${userId})`)
  if (user.isDeactivated) throw new MatrixError('M_USER_DEACTIVATED', `${userId} is deactivated`)
  return user
}

async function assertedDevice(
  homeserver: HomeserverLink,
  userId: UserId,
  deviceId: string | null | undefined,
): Promise<DeviceId | undefined> {
  if (deviceId === null || deviceId === undefined) return undefined
  if (!deviceId.includes('\0') && (await homeserver.hasDevice(userId, deviceId as DeviceId))) return deviceId as DeviceId
  const text = `Application service trying to use a device that doesn't exist ('${deviceId}' for ${userId})`
  throw new MatrixError('M_UNKNOWN_DEVICE', text)
}
