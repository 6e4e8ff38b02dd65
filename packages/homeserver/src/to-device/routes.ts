import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { ToDevice, ToDeviceMessages } from './to-device.ts'

export function toDeviceClientRoutes(deps: { toDevice: ToDevice }): Route[] {
  return [
    route(contract.client.toDevice.sendToDevice, async ({ params, body, requester }) => {
      await deps.toDevice.send(requester, params.eventType, params.txnId, body.messages as ToDeviceMessages)
      return {}
    }),
  ]
}
