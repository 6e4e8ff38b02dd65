import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { utf8ByteLength } from '@glia/protocol'
import type { UserTables } from '../users/tables.ts'
import { type Device, findDevice, insertDeviceIfAbsent, listDevices, removeDevices, updateDeviceName } from './device-store.ts'

/** Runs in the transaction that changes the devices; takes no position before it has read what it needs. */
export type DeviceHook = (tx: Transaction<UserTables>, userId: UserId, deviceIds: readonly DeviceId[]) => Promise<void>

/** The devices of local users: the rows that sessions, keys and to-device messages hang on. */
export interface Devices {
  list(userId: UserId): Promise<Device[]>
  find(userId: UserId, deviceId: DeviceId): Promise<Device | undefined>
  /**
   * Makes the device if it is new; `displayName` is used only then.
   * @returns whether it is new
   * @throws MatrixError M_INVALID_PARAM for an id that cannot be kept
   */
  upsert(
    tx: Transaction<UserTables>,
    device: { userId: UserId; deviceId: DeviceId; displayName: string | undefined },
  ): Promise<{ isNew: boolean }>
  /**
   * @throws MatrixError M_NOT_FOUND if there is no such device, M_TOO_LARGE for a name of more than 100 characters, M_INVALID_PARAM for NUL
   */
  rename(userId: UserId, deviceId: DeviceId, displayName: string): Promise<void>
  /** Deletes devices and what other slices keep for them. Unknown ones are passed over; sessions are the caller's to end. */
  remove(tx: Transaction<UserTables>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
  /** @returns the devices that are gone */
  removeAll(tx: Transaction<UserTables>, userId: UserId, options: { exceptDeviceId?: DeviceId | undefined }): Promise<DeviceId[]>
  /** For slices that keep something for a device: called in the deleting transaction, with the devices that were really there. */
  onDevicesDeleted(hook: DeviceHook): void
  /** Called in the transaction that made or renamed the devices. */
  onDevicesChanged(hook: DeviceHook): void
}

const MAX_DEVICE_ID_BYTES = 512
/** In Unicode code points, as Synapse counts. */
export const MAX_DEVICE_NAME_LENGTH = 100

export function createDevices(deps: { database: Database<UserTables>; clock: Clock }): Devices {
  const { database, clock } = deps
  const deletedHooks: DeviceHook[] = []
  const changedHooks: DeviceHook[] = []

  async function tell(hooks: readonly DeviceHook[], tx: Transaction<UserTables>, userId: UserId, deviceIds: readonly DeviceId[]) {
    if (deviceIds.length > 0) for (const hook of hooks) await hook(tx, userId, deviceIds)
  }

  async function remove(tx: Transaction<UserTables>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<DeviceId[]> {
    const removed = await removeDevices(tx, userId, deviceIds)
    await tell(deletedHooks, tx, userId, removed)
    return removed
  }

  return {
    list: (userId) => listDevices(database.read, userId),
    find: (userId, deviceId) => findDevice(database.read, userId, deviceId),
    async upsert(tx, { userId, deviceId, displayName }) {
      checkDeviceId(deviceId)
      const name = displayName === undefined ? undefined : [...displayName.replaceAll('\0', '')].slice(0, MAX_DEVICE_NAME_LENGTH).join('')
      const isNew = await insertDeviceIfAbsent(tx, { userId, deviceId, displayName: name, createdAtMs: clock.nowMs() })
      if (isNew) await tell(changedHooks, tx, userId, [deviceId])
      return { isNew }
    },
    async rename(userId, deviceId, displayName) {
      checkDeviceName(displayName)
      await database.transaction(async (tx) => {
        if (!(await updateDeviceName(tx, userId, deviceId, displayName))) throw new MatrixError('M_NOT_FOUND', 'Not found')
        await tell(changedHooks, tx, userId, [deviceId])
      })
    },
    async remove(tx, userId, deviceIds) {
      await remove(tx, userId, deviceIds)
    },
    async removeAll(tx, userId, { exceptDeviceId }) {
      const all = await listDevices(tx.db, userId)
      return remove(
        tx,
        userId,
        all.map(({ deviceId }) => deviceId).filter((deviceId) => deviceId !== exceptDeviceId),
      )
    },
    onDevicesDeleted: (hook) => void deletedHooks.push(hook),
    onDevicesChanged: (hook) => void changedHooks.push(hook),
  }
}

/** @throws MatrixError M_INVALID_PARAM: empty, longer than 512 bytes, or with a character that no database keeps */
export function checkDeviceId(deviceId: string): void {
  if (deviceId === '' || deviceId.includes('\0')) throw new MatrixError('M_INVALID_PARAM', 'device_id must be a text')
  if (utf8ByteLength(deviceId) > MAX_DEVICE_ID_BYTES)
    throw new MatrixError('M_INVALID_PARAM', `device_id cannot be longer than ${MAX_DEVICE_ID_BYTES} characters.`)
}

/** @throws MatrixError M_TOO_LARGE for more than 100 characters, M_INVALID_PARAM for NUL */
export function checkDeviceName(displayName: string): void {
  if (displayName.includes('\0')) throw new MatrixError('M_INVALID_PARAM', 'display_name must not contain U+0000')
  if ([...displayName].length > MAX_DEVICE_NAME_LENGTH) {
    throw new MatrixError('M_TOO_LARGE', `Device display name is too long (max ${MAX_DEVICE_NAME_LENGTH})`, { status: 400 })
  }
}

/** Without ids that no device can have and no database takes. */
export function possibleDeviceIds(deviceIds: readonly string[]): DeviceId[] {
  return deviceIds.filter((deviceId): deviceId is DeviceId => !deviceId.includes('\0'))
}
