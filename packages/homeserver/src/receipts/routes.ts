import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { Receipts } from './receipts.ts'

export function receiptClientRoutes(deps: { receipts: Receipts }): Route[] {
  const { receipts } = contract.client
  return [
    route(receipts.sendReceipt, async ({ params, body, requester }) => {
      const { roomId, receiptType: type, eventId } = params
      await deps.receipts.send(requester.userId, { roomId, type, eventId, threadId: body.thread_id })
      return {}
    }),
    route(receipts.setReadMarkers, async ({ params, body, requester }) => {
      await deps.receipts.setMarkers(requester.userId, params.roomId, body)
      return {}
    }),
  ]
}
