import { contract } from '@glia/contract'
import { type Requester, type Route, route } from '@glia/http'
import type { Receipts } from './receipts.ts'

export function receiptClientRoutes(deps: {
  receipts: Receipts
  /** The user did something. */
  onActive: (requester: Requester) => void
}): Route[] {
  const { receipts } = contract.client
  return [
    route(receipts.sendReceipt, async ({ params, body, requester }) => {
      const { roomId, receiptType: type, eventId } = params
      deps.onActive(requester)
      await deps.receipts.send(requester.userId, { roomId, type, eventId, threadId: body.thread_id })
      return {}
    }),
    route(receipts.setReadMarkers, async ({ params, body, requester }) => {
      deps.onActive(requester)
      await deps.receipts.setMarkers(requester.userId, params.roomId, body)
      return {}
    }),
  ]
}
