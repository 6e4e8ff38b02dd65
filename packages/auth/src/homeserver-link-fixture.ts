import { MatrixError } from '@glia/contract'
import { type DeviceId, makeUserId, type ServerName, type UserId } from '@glia/protocol'
import type { HomeserverLink, LinkedUser } from './homeserver-link.ts'

/** A homeserver in memory, for the tests of this package. */
export class FakeHomeserver implements HomeserverLink {
  readonly serverName = 'example.com'
  readonly users = new Map<UserId, LinkedUser>()
  readonly devices = new Set<string>()
  readonly activity: { userId: UserId; deviceId: DeviceId | undefined; ip: string; userAgent: string }[] = []

  addUser(localpart: string, flags: Partial<LinkedUser> = {}): UserId {
    const userId = makeUserId(localpart, this.serverName as ServerName)
    this.users.set(userId, {
      userId,
      displayName: undefined,
      isAdmin: false,
      adminRole: undefined,
      isGuest: false,
      isLocked: false,
      isDeactivated: false,
      isSuspended: false,
      isShadowBanned: false,
      messageLimit: undefined,
      expiresAtMs: undefined,
      ...flags,
    })
    return userId
  }

  async findUser(userId: UserId): Promise<LinkedUser | undefined> {
    return this.users.get(userId)
  }

  async checkLocalpartAvailable(localpart: string): Promise<void> {
    if (this.users.has(makeUserId(localpart, this.serverName as ServerName))) {
      throw new MatrixError('M_USER_IN_USE', 'User ID already taken.')
    }
  }

  async createUser(_tx: unknown, user: { localpart: string; isAdmin?: boolean }): Promise<UserId> {
    await this.checkLocalpartAvailable(user.localpart)
    return this.addUser(user.localpart, { isAdmin: user.isAdmin ?? false })
  }

  async hasDevice(userId: UserId, deviceId: DeviceId): Promise<boolean> {
    return this.devices.has(`${userId} ${deviceId}`)
  }

  async upsertDevice(_tx: unknown, device: { userId: UserId; deviceId: DeviceId }): Promise<void> {
    this.devices.add(`${device.userId} ${device.deviceId}`)
  }

  async deleteDevices(_tx: unknown, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    for (const deviceId of deviceIds) this.devices.delete(`${userId} ${deviceId}`)
  }

  async deleteAllDevices(_tx: unknown, userId: UserId, options: { exceptDeviceId?: DeviceId }): Promise<void> {
    for (const device of this.devices) {
      if (device.startsWith(`${userId} `) && device !== `${userId} ${options.exceptDeviceId}`) this.devices.delete(device)
    }
  }

  async deactivateUser(userId: UserId): Promise<void> {
    this.users.set(userId, { ...this.users.get(userId)!, isDeactivated: true })
  }

  async reactivateUser(_tx: unknown, userId: UserId): Promise<void> {
    this.users.set(userId, { ...this.users.get(userId)!, isDeactivated: false })
  }

  async setLocked(_tx: unknown, userId: UserId, isLocked: boolean): Promise<void> {
    this.users.set(userId, { ...this.users.get(userId)!, isLocked })
  }

  async hasAdmin(): Promise<boolean> {
    return [...this.users.values()].some(({ isAdmin, isDeactivated }) => isAdmin && !isDeactivated)
  }

  async setAdmin(_tx: unknown, userId: UserId, isAdmin: boolean): Promise<void> {
    this.users.set(userId, { ...this.users.get(userId)!, isAdmin })
  }

  readonly threepids = new Map<string, { userId: UserId; medium: string; address: string; validatedAtMs: number }>()

  async findUserByThreepid(medium: string, address: string): Promise<UserId | undefined> {
    return this.threepids.get(`${medium} ${address}`)?.userId
  }

  async listThreepids(userId: UserId) {
    return [...this.threepids.values()].filter((threepid) => threepid.userId === userId)
  }

  async addThreepid(_tx: unknown, userId: UserId, threepid: { medium: string; address: string; validatedAtMs: number }): Promise<void> {
    const key = `${threepid.medium} ${threepid.address}`
    if ((this.threepids.get(key)?.userId ?? userId) !== userId) throw new MatrixError('M_THREEPID_IN_USE', 'in use')
    this.threepids.set(key, { userId, ...threepid })
  }

  async removeThreepid(_tx: unknown, userId: UserId, { medium, address }: { medium: string; address: string }): Promise<boolean> {
    return this.threepids.get(`${medium} ${address}`)?.userId === userId && this.threepids.delete(`${medium} ${address}`)
  }

  readonly externalIds = new Map<string, { authProvider: string; externalId: string; userId: UserId }>()

  async addExternalId(_tx: unknown, userId: UserId, id: { authProvider: string; externalId: string }): Promise<void> {
    this.externalIds.set(`${id.authProvider} ${id.externalId}`, { ...id, userId })
  }

  async removeExternalId(_tx: unknown, id: { authProvider: string; externalId: string }): Promise<void> {
    this.externalIds.delete(`${id.authProvider} ${id.externalId}`)
  }

  async listExternalIds(_db: unknown, authProvider: string) {
    return [...this.externalIds.values()].filter((id) => id.authProvider === authProvider)
  }

  recordActivity(activity: { userId: UserId; deviceId: DeviceId | undefined; ip: string; userAgent: string }): void {
    this.activity.push(activity)
  }
}
