import type { AnyReads, AnyTransaction } from '@glia/database'
import type { DeviceId, ServerName, UserId } from '@glia/protocol'
import type { Devices } from './devices/index.ts'
import {
  type Activity,
  type ActivityRecorder,
  deleteExternalId,
  type ExternalId,
  listExternalIdsOf,
  putExternalId,
  type UserDeactivation,
  type UserRecord,
  type Users,
} from './users/index.ts'

/** The homeserver as the auth service sees it: satisfies `HomeserverLink` of `@glia/auth`, whose comments say what each call does. */
export interface HomeserverForAuth {
  readonly serverName: string
  findUser(userId: UserId): Promise<UserRecord | undefined>
  checkLocalpartAvailable(localpart: string, options?: { evenReserved?: boolean }): Promise<void>
  createUser(
    tx: AnyTransaction,
    user: {
      localpart: string
      displayName?: string
      avatarUrl?: string
      isAdmin?: boolean
      isGuest?: boolean
      userType?: string
      appserviceId?: string
    },
  ): Promise<UserId>
  hasDevice(userId: UserId, deviceId: DeviceId): Promise<boolean>
  upsertDevice(tx: AnyTransaction, device: { userId: UserId; deviceId: DeviceId; displayName: string | undefined }): Promise<void>
  deleteDevices(tx: AnyTransaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
  deleteAllDevices(tx: AnyTransaction, userId: UserId, options: { exceptDeviceId?: DeviceId }): Promise<void>
  deactivateUser(userId: UserId, options: { erase: boolean }): Promise<void>
  reactivateUser(tx: AnyTransaction, userId: UserId): Promise<void>
  setLocked(tx: AnyTransaction, userId: UserId, isLocked: boolean): Promise<void>
  hasAdmin(db: AnyReads): Promise<boolean>
  setAdmin(tx: AnyTransaction, userId: UserId, isAdmin: boolean): Promise<void>
  recordActivity(activity: Activity): void
  findUserByThreepid(medium: string, address: string): Promise<UserId | undefined>
  listThreepids(userId: UserId): Promise<{ medium: string; address: string; validatedAtMs: number }[]>
  addThreepid(tx: AnyTransaction, userId: UserId, threepid: { medium: string; address: string; validatedAtMs: number }): Promise<void>
  removeThreepid(tx: AnyTransaction, userId: UserId, threepid: { medium: string; address: string }): Promise<boolean>
  addExternalId(tx: AnyTransaction, userId: UserId, id: ExternalId): Promise<void>
  removeExternalId(tx: AnyTransaction, id: ExternalId): Promise<void>
  listExternalIds(db: AnyReads, authProvider: string): Promise<{ externalId: string; userId: UserId }[]>
}

export function createHomeserverLink(deps: {
  serverName: ServerName
  users: Users
  devices: Devices
  activity: ActivityRecorder
  deactivation: UserDeactivation
}): HomeserverForAuth {
  const { users, devices, activity, deactivation } = deps
  return {
    serverName: deps.serverName,
    findUser: users.find,
    checkLocalpartAvailable: users.checkLocalpartAvailable,
    createUser: users.create,
    hasDevice: async (userId, deviceId) => (await devices.find(userId, deviceId)) !== undefined,
    async upsertDevice(tx, device) {
      await devices.upsert(tx, device)
    },
    deleteDevices: devices.remove,
    async deleteAllDevices(tx, userId, options) {
      await devices.removeAll(tx, userId, options)
    },
    deactivateUser: deactivation.deactivate,
    async reactivateUser(tx, userId) {
      await users.update(tx, userId, { deactivated: 0, erased: 0 })
    },
    async setLocked(tx, userId, isLocked) {
      await users.update(tx, userId, { locked: isLocked ? 1 : 0 })
    },
    hasAdmin: users.hasAdmin,
    async setAdmin(tx, userId, isAdmin) {
      await users.update(tx, userId, { admin: isAdmin ? 1 : 0 })
    },
    recordActivity: activity.record,
    findUserByThreepid: users.findByThreepid,
    listThreepids: users.listThreepids,
    addThreepid: users.addThreepid,
    removeThreepid: users.removeThreepid,
    addExternalId: putExternalId,
    removeExternalId: deleteExternalId,
    listExternalIds: listExternalIdsOf,
  }
}
