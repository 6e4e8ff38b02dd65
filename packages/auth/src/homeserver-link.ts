import type { AdminRole } from '@glia/contract'
import type { AnyReads, AnyTransaction } from '@glia/database'
import type { DeviceId, UserId } from '@glia/protocol'

/** A local account as the homeserver knows it. The homeserver's flags are the truth; the auth service keeps no copy. */
export interface LinkedUser {
  readonly userId: UserId
  readonly displayName: string | undefined
  readonly isAdmin: boolean
  /** What a helper may do who is no admin. */
  readonly adminRole: AdminRole | undefined
  readonly isGuest: boolean
  readonly isLocked: boolean
  readonly isDeactivated: boolean
  readonly isSuspended: boolean
  readonly isShadowBanned: boolean
  /** Until when the account can be used, where that is limited. */
  readonly expiresAtMs: number | undefined
  /** What an admin set in place of the limit on messages; none of a second: no limits at all. */
  readonly messageLimit: { readonly perSecond: number; readonly burstCount: number } | undefined
}

/**
 * The homeserver's users as lists of the auth service filter by them: read, never written here. In one process it is the homeserver's own
 * table; when the services are split, a copy of these columns takes its place.
 */
export interface LinkedUserTables {
  users: {
    user_id: string
    localpart: string
    admin: number
    locked: number
    locked_at_ms: number | null
    deactivated: number
    deactivated_at_ms: number | null
    is_guest: number
  }
  /** Confirmed addresses; each belongs to one account. */
  user_threepids: { id: string; medium: string; address: string; user_id: string; added_at_ms: number }
}

/**
 * What the auth service needs of the homeserver. In one process these are function calls on the same database, and those that take a
 * transaction become true with it; when the services are split, an implementation over `/_synapse/mas/*` takes their place.
 */
export interface HomeserverLink {
  readonly serverName: string
  findUser(userId: UserId): Promise<LinkedUser | undefined>
  /** @throws MatrixError M_INVALID_USERNAME, M_USER_IN_USE or M_EXCLUSIVE when an account of this name cannot be made */
  checkLocalpartAvailable(localpart: string, options?: { evenReserved?: boolean }): Promise<void>
  /** Makes the user (not the account that signs in). @throws MatrixError M_USER_IN_USE if somebody was faster */
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
  /** Makes the device if it is new; `displayName` is used only then. */
  upsertDevice(tx: AnyTransaction, device: { userId: UserId; deviceId: DeviceId; displayName: string | undefined }): Promise<void>
  /** Deletes devices with their keys and messages; sessions are the caller's to end. Unknown devices are passed over. */
  deleteDevices(tx: AnyTransaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
  deleteAllDevices(tx: AnyTransaction, userId: UserId, options: { exceptDeviceId?: DeviceId }): Promise<void>
  /** Ends the account for good: rooms are left, devices and personal data go (as the Admin API's deactivate). */
  deactivateUser(userId: UserId, options: { erase: boolean }): Promise<void>
  /** Gives a deactivated account back the ability to sign in; old messages are no longer hidden. A lock stays. */
  reactivateUser(tx: AnyTransaction, userId: UserId): Promise<void>
  /** Sessions stay, and work again once the lock is gone. */
  setLocked(tx: AnyTransaction, userId: UserId, isLocked: boolean): Promise<void>
  /** Whether any account that can be used is an admin. @param db inside or outside a transaction */
  hasAdmin(db: AnyReads): Promise<boolean>
  setAdmin(tx: AnyTransaction, userId: UserId, isAdmin: boolean): Promise<void>
  /** Notes that the user was active now. Cheap: kept in memory and written in batches. */
  recordActivity(activity: { userId: UserId; deviceId: DeviceId | undefined; ip: string; userAgent: string }): void
  /** Whose confirmed e-mail address (lower case) or phone number this is. */
  findUserByThreepid(medium: string, address: string): Promise<UserId | undefined>
  listThreepids(userId: UserId): Promise<{ medium: string; address: string; validatedAtMs: number }[]>
  /** An address belongs to one account at most. @throws MatrixError M_THREEPID_IN_USE when it is somebody else's */
  addThreepid(tx: AnyTransaction, userId: UserId, threepid: { medium: string; address: string; validatedAtMs: number }): Promise<void>
  /** @returns whether the user had it */
  removeThreepid(tx: AnyTransaction, userId: UserId, threepid: { medium: string; address: string }): Promise<boolean>
  /** The homeserver lists who somebody is at identity providers: kept in step by whoever changes a link. Moves the id if it was somebody else's. */
  addExternalId(tx: AnyTransaction, userId: UserId, id: { authProvider: string; externalId: string }): Promise<void>
  removeExternalId(tx: AnyTransaction, id: { authProvider: string; externalId: string }): Promise<void>
  /** All of one provider. @param db inside or outside a transaction */
  listExternalIds(db: AnyReads, authProvider: string): Promise<{ externalId: string; userId: UserId }[]>
}
