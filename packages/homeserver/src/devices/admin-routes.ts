import { contract, isDryRun, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { DeviceId, UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { UserTables } from '../users/tables.ts'
import type { UserRecord } from '../users/user-record.ts'
import type { Device } from './device-store.ts'
import { type Devices, possibleDeviceIds } from './devices.ts'

export function deviceAdminRoutes(deps: {
  database: Database<UserTables>
  devices: Devices
  auth: () => AuthLink
  findUser: (userId: UserId) => Promise<UserRecord | undefined>
}): Route[] {
  const { database, devices, auth } = deps
  const endpoints = contract.admin.devices

  async function knownUser(text: string): Promise<UserId> {
    const user = await deps.findUser(text as UserId)
    if (!user) throw new MatrixError('M_NOT_FOUND', 'Unknown user')
    return user.userId
  }

  async function remove(userId: UserId, deviceIds: DeviceId[], isDry: boolean) {
    if (isDry) {
      const going = new Set(deviceIds)
      return { would: { devices: (await devices.list(userId)).filter(({ deviceId }) => going.has(deviceId)).length } }
    }
    await database.transaction(async (tx) => {
      await auth().endDeviceSessions(tx, userId, deviceIds)
      await devices.remove(tx, userId, deviceIds)
    })
    return {}
  }

  return [
    route(endpoints.listDevices, async ({ params }) => {
      const found = await devices.list(await knownUser(params.user_id))
      return { devices: found.map(toWire), total: found.length }
    }),
    route(endpoints.createDevice, async ({ params, body }) => {
      const userId = await knownUser(params.user_id)
      if (!body.device_id) throw new MatrixError('M_UNKNOWN', 'Missing device_id')
      if (typeof body.device_id !== 'string') throw new MatrixError('M_UNKNOWN', 'device_id must be a string')
      const deviceId = body.device_id as DeviceId
      await database.transaction((tx) => devices.upsert(tx, { userId, deviceId, displayName: undefined }))
      return {}
    }),
    route(endpoints.deleteDevices, async ({ params, query, body }) =>
      remove(await knownUser(params.user_id), possibleDeviceIds(body.devices), isDryRun(query)),
    ),
    route(endpoints.getDevice, async ({ params }) => {
      const device = await devices.find(await knownUser(params.user_id), params.device_id as DeviceId)
      if (!device) throw new MatrixError('M_NOT_FOUND', 'Not found')
      return toWire(device)
    }),
    route(endpoints.renameDevice, async ({ params, body }) => {
      const userId = await knownUser(params.user_id)
      if (typeof body.display_name === 'string') await devices.rename(userId, params.device_id as DeviceId, body.display_name)
      return {}
    }),
    route(endpoints.deleteDevice, async ({ params, query }) =>
      remove(await knownUser(params.user_id), [params.device_id as DeviceId], isDryRun(query)),
    ),
  ]
}

function toWire(device: Device) {
  return {
    device_id: device.deviceId as string,
    user_id: device.userId as string,
    display_name: device.displayName ?? null,
    last_seen_ip: device.lastSeenIp ?? null,
    last_seen_user_agent: device.lastSeenUserAgent ?? null,
    last_seen_ts: device.lastSeenMs ?? null,
  }
}
