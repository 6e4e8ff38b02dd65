import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { DeviceId, JsonObject } from '@glia/protocol'
import type { ToDeviceMessage } from '../to-device/index.ts'
import type { DehydratedDevices } from './dehydrated-devices.ts'

const DEFAULT_EVENTS = 100
const MAX_EVENTS = 1000

export function dehydratedDeviceRoutes(deps: { dehydratedDevices: DehydratedDevices }): Route[] {
  const { dehydratedDevices } = deps
  const endpoints = contract.client.dehydratedDevice
  const none = () => new MatrixError('M_NOT_FOUND', 'No dehydrated device available')
  return [
    route(endpoints.putDehydratedDevice, async ({ body, requester }) => {
      // as in Synapse not the error of a missing field
      if (!body.device_keys) throw new MatrixError('M_UNKNOWN', 'Device key(s) not found, these must be provided.')
      await dehydratedDevices.put(requester.userId, {
        deviceId: body.device_id as DeviceId,
        deviceData: body.device_data as JsonObject,
        displayName: body.initial_device_display_name ?? undefined,
        keys: {
          deviceKeys: body.device_keys as JsonObject,
          oneTimeKeys: body.one_time_keys ?? undefined,
          fallbackKeys: body.fallback_keys ?? undefined,
        },
      })
      return { device_id: body.device_id }
    }),
    route(endpoints.getDehydratedDevice, async ({ requester }) => {
      const device = await dehydratedDevices.find(requester.userId)
      if (!device) throw none()
      return { device_id: device.deviceId as string, device_data: device.deviceData as JsonObject & { algorithm: string } }
    }),
    route(endpoints.deleteDehydratedDevice, async ({ requester }) => {
      const deviceId = await dehydratedDevices.remove(requester.userId)
      if (deviceId === undefined) throw none()
      return { device_id: deviceId as string }
    }),
    route(endpoints.getDehydratedDeviceEvents, async ({ params, query, requester }) => {
      const limit = Math.min(query.limit ?? DEFAULT_EVENTS, MAX_EVENTS)
      const page = await dehydratedDevices.events(requester.userId, params.deviceId, { since: positionIn(query.from), limit })
      return { events: page.messages.map(toWire), ...(page.hasMore ? { next_batch: `d${page.position}` } : {}) }
    }),
    route(endpoints.postDehydratedDeviceEvents, async ({ params, body, requester }) => {
      const since = positionIn(body.next_batch ?? undefined)
      const page = await dehydratedDevices.events(requester.userId, params.deviceId, { since, limit: DEFAULT_EVENTS })
      return { events: page.messages.map(toWire), next_batch: `d${page.position}` }
    }),
  ]
}

/** The position in a `next_batch`. @throws MatrixError M_INVALID_PARAM for another text */
function positionIn(token: string | undefined): number {
  if (token === undefined) return 0
  const position = /^d\d{1,15}$/.test(token) ? Number(token.slice(1)) : undefined
  if (position === undefined) throw new MatrixError('M_INVALID_PARAM', `from parameter '${token}' has an invalid format`)
  return position
}

function toWire({ type, sender, content }: ToDeviceMessage) {
  return { type, sender: sender as string, content }
}
