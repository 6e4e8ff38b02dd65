import { MatrixError } from '@glia/contract'
import type { Database, Reads, Transaction } from '@glia/database'
import type { DeviceId, JsonObject, UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import { checkDeviceId, checkDeviceName, type Devices } from '../devices/index.ts'
import type { Keys, KeyUpload } from '../keys/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { messagesFor, type ToDeviceMessage } from '../to-device/index.ts'

export interface DehydratedDevice {
  readonly deviceId: DeviceId
  /** As it was uploaded. */
  readonly deviceData: JsonObject
}

/**
 * A device of a user that nobody is signed in with (MSC3814): it is sent room keys while the user is signed out everywhere, and a new
 * device of the user takes them over. To everybody else it is a device like any other.
 */
export interface DehydratedDevices {
  find(userId: UserId): Promise<DehydratedDevice | undefined>
  /**
   * Makes the device with its keys, in place of the one before: of that, keys, messages and sessions end, also if it has the same id.
   * @throws MatrixError M_INVALID_PARAM for an id that cannot be kept or that another device of the user has, M_TOO_LARGE, M_BAD_JSON
   */
  put(userId: UserId, device: DehydratedDevice & { displayName: string | undefined; keys: KeyUpload }): Promise<void>
  /** @returns the id of the device that is gone; undefined if there was none */
  remove(userId: UserId): Promise<DeviceId | undefined>
  /**
   * Messages that wait for the device, oldest first. They stay until the device goes.
   * @param since change position after which they came
   * @returns `position`: where to go on
   * @throws MatrixError M_FORBIDDEN unless it is the user's dehydrated device
   */
  events(
    userId: UserId,
    deviceId: string,
    page: { since: number; limit: number },
  ): Promise<{ messages: ToDeviceMessage[]; position: number; hasMore: boolean }>
  /** To be told in the transaction that deletes devices. */
  forget(tx: Transaction<HomeserverSchema>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
}

export function createDehydratedDevices(deps: {
  database: Database<HomeserverSchema>
  devices: Devices
  keys: Keys
  /** Asked for late: the auth service is built after the homeserver. */
  auth: () => AuthLink
}): DehydratedDevices {
  const { database, devices, keys, auth } = deps

  async function removeCurrent(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<DeviceId | undefined> {
    await tx.lock(`dehydrated device of ${userId}`)
    const current = await findRow(tx.db, userId)
    if (!current) return undefined
    // somebody may have signed in under its id
    await auth().endDeviceSessions(tx, userId, [current.deviceId])
    await devices.remove(tx, userId, [current.deviceId])
    return current.deviceId
  }

  return {
    find: (userId) => findRow(database.read, userId),
    async put(userId, { deviceId, deviceData, displayName, keys: upload }) {
      checkDeviceId(deviceId)
      if (displayName !== undefined) checkDeviceName(displayName)
      await database.transaction(async (tx) => {
        await removeCurrent(tx, userId)
        const { isNew } = await devices.upsert(tx, { userId, deviceId, displayName })
        // with it, deleting the dehydrated device would be a way to delete any device without proof of who asks
        if (!isNew) throw new MatrixError('M_INVALID_PARAM', 'device_id is that of another device')
        await keys.uploadIn(tx, userId, deviceId, upload)
        await tx.db
          .insertInto('dehydrated_devices')
          .values({ user_id: userId, device_id: deviceId, device_data: JSON.stringify(deviceData) })
          .execute()
      })
    },
    remove: (userId) => database.transaction((tx) => removeCurrent(tx, userId)),
    async events(userId, deviceId, { since, limit }) {
      const current = await findRow(database.read, userId)
      if (!current) throw new MatrixError('M_FORBIDDEN', 'No dehydrated device exists')
      if (current.deviceId !== deviceId) {
        throw new MatrixError('M_FORBIDDEN', 'You may only fetch messages for your dehydrated device')
      }
      const now = await database.currentPosition()
      const found = await messagesFor(database.read, userId, current.deviceId, since, now, limit + 1)
      const messages = found.slice(0, limit)
      const hasMore = found.length > limit
      return { messages, hasMore, position: hasMore ? (messages.at(-1)?.position ?? since) : now }
    },
    async forget(tx, userId, deviceIds) {
      const current = await findRow(tx.db, userId)
      if (current && deviceIds.includes(current.deviceId)) {
        await tx.db.deleteFrom('dehydrated_devices').where('user_id', '=', userId).execute()
      }
    },
  }
}

async function findRow(reads: Reads<HomeserverSchema>, userId: UserId): Promise<DehydratedDevice | undefined> {
  const row = await reads.selectFrom('dehydrated_devices').selectAll().where('user_id', '=', userId).executeTakeFirst()
  return row && { deviceId: row.device_id as DeviceId, deviceData: JSON.parse(row.device_data) as JsonObject }
}
