import type { Reads, Transaction } from '@glia/database'
import type { DeviceId, UserId } from '@glia/protocol'
import type { Insertable, Selectable } from 'kysely'
import type { UserTables } from '../users/tables.ts'

/** A device of a local user. Times are milliseconds since 1970; last-seen values are up to some minutes old. */
export interface Device {
  readonly userId: UserId
  readonly deviceId: DeviceId
  readonly displayName: string | undefined
  readonly createdAtMs: number
  readonly lastSeenMs: number | undefined
  readonly lastSeenIp: string | undefined
  readonly lastSeenUserAgent: string | undefined
}

function deviceFromRow(row: Selectable<UserTables['devices']>): Device {
  return {
    userId: row.user_id as UserId,
    deviceId: row.device_id as DeviceId,
    displayName: row.display_name ?? undefined,
    createdAtMs: row.created_at_ms,
    lastSeenMs: row.last_seen_ms ?? undefined,
    lastSeenIp: row.last_seen_ip ?? undefined,
    lastSeenUserAgent: row.last_seen_user_agent ?? undefined,
  }
}

export async function listDevices(reads: Reads<UserTables>, userId: UserId): Promise<Device[]> {
  const rows = await reads.selectFrom('devices').selectAll().where('user_id', '=', userId).orderBy('device_id').execute()
  return rows.map(deviceFromRow)
}

export async function findDevice(reads: Reads<UserTables>, userId: UserId, deviceId: DeviceId): Promise<Device | undefined> {
  const row = await reads
    .selectFrom('devices')
    .selectAll()
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  return row && deviceFromRow(row)
}

/** @returns false if the device was there already; it is left as it is */
export async function insertDeviceIfAbsent(
  tx: Transaction<UserTables>,
  device: { userId: UserId; deviceId: DeviceId; displayName: string | undefined; createdAtMs: number },
): Promise<boolean> {
  const unseen = { last_seen_ms: null, last_seen_ip: null, last_seen_user_agent: null }
  const inserted = await insertDevices(tx, [
    {
      user_id: device.userId,
      device_id: device.deviceId,
      display_name: device.displayName ?? null,
      created_at_ms: device.createdAtMs,
      ...unseen,
    },
  ])
  return inserted > 0
}

/** Devices that are there already are left as they are. @returns how many are new */
export async function insertDevices(tx: Transaction<UserTables>, devices: readonly Insertable<UserTables['devices']>[]): Promise<number> {
  const inserted = await tx.db
    .insertInto('devices')
    .values(devices)
    .onConflict((conflict) => conflict.columns(['user_id', 'device_id']).doNothing())
    .returning('device_id')
    .execute()
  return inserted.length
}

/** @returns false if there is no such device */
export async function updateDeviceName(
  tx: Transaction<UserTables>,
  userId: UserId,
  deviceId: DeviceId,
  displayName: string,
): Promise<boolean> {
  const updated = await tx.db
    .updateTable('devices')
    .set({ display_name: displayName })
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .returning('device_id')
    .executeTakeFirst()
  return updated !== undefined
}

/** @returns those that were there */
export async function removeDevices(tx: Transaction<UserTables>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<DeviceId[]> {
  const removed: DeviceId[] = []
  for (const deviceId of new Set(deviceIds)) {
    const row = await tx.db
      .deleteFrom('devices')
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .returning('device_id')
      .executeTakeFirst()
    if (row) removed.push(row.device_id as DeviceId)
  }
  return removed
}
