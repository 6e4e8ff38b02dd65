import { hash } from 'node:crypto'
import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Requester, type Route, route } from '@glia/http'
import type { DeviceId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { UserTables } from '../users/tables.ts'
import type { Device } from './device-store.ts'
import { type Devices, possibleDeviceIds } from './devices.ts'

export function deviceClientRoutes(deps: { database: Database<UserTables>; devices: Devices; auth: () => AuthLink }): Route[] {
  const { database, devices, auth } = deps
  const endpoints = contract.client.devices

  async function remove(requester: Requester, deviceIds: DeviceId[], proof: unknown, operation: string): Promise<Record<string, never>> {
    await auth().confirmIdentity(requester, proof, operation)
    await database.transaction(async (tx) => {
      await auth().endDeviceSessions(tx, requester.userId, deviceIds)
      await devices.remove(tx, requester.userId, deviceIds)
    })
    return {}
  }

  /** Application services make devices by naming them (MSC4190). @returns false if there is one */
  function make({ userId }: Requester, deviceId: DeviceId, name: string | null | undefined): Promise<boolean> {
    const device = { userId, deviceId, displayName: name ?? undefined }
    return database.transaction(async (tx) => (await devices.upsert(tx, device)).isNew)
  }

  return [
    route(endpoints.listDevices, async ({ requester }) => ({ devices: (await devices.list(requester.userId)).map(toWire) })),
    route(endpoints.getDevice, async ({ params, requester }) => {
      const device = await devices.find(requester.userId, params.device_id as DeviceId)
      if (!device) throw new MatrixError('M_NOT_FOUND', 'Not found')
      return toWire(device)
    }),
    route(endpoints.renameDevice, async ({ params, body, requester }) => {
      const deviceId = params.device_id as DeviceId
      if (requester.appservice && (await make(requester, deviceId, body.display_name))) return Reply.json(201, {})
      if (typeof body.display_name === 'string') await devices.rename(requester.userId, deviceId, body.display_name)
      else if (!(await devices.find(requester.userId, deviceId))) throw new MatrixError('M_NOT_FOUND', 'Not found')
      return {}
    }),
    route(endpoints.deleteDevice, ({ params, body, requester }) =>
      remove(requester, [params.device_id as DeviceId], body.auth, `delete device ${params.device_id}`),
    ),
    route(endpoints.deleteDevices, ({ body, requester }) =>
      remove(requester, possibleDeviceIds(body.devices), body.auth, `delete devices ${hash('sha256', JSON.stringify(body.devices))}`),
    ),
  ]
}

function toWire(device: Device) {
  return {
    user_id: device.userId as string,
    device_id: device.deviceId as string,
    display_name: device.displayName ?? null,
    last_seen_ip: device.lastSeenIp ?? null,
    last_seen_ts: device.lastSeenMs ?? null,
  }
}
