import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { EventId, JsonObject, RoomId } from '@glia/protocol'
import type { Sending } from './sending.ts'

export function sendingClientRoutes({ sending }: { sending: Sending }): Route[] {
  const { roomsSend } = contract.client
  return [
    route(roomsSend.sendMessage, async ({ params, body, requester }) => {
      const { roomId, eventType: type, txnId: transactionId } = params
      const content = body as JsonObject
      return { event_id: await sending.sendMessage(requester, { roomId: roomId as RoomId, type, content, transactionId }) }
    }),
    route(roomsSend.sendState, async ({ params, body, requester }) => {
      const { roomId, eventType: type, stateKey } = params
      return { event_id: await sending.sendState(requester, { roomId: roomId as RoomId, type, stateKey, content: body as JsonObject }) }
    }),
    route(roomsSend.sendStateWithEmptyKey, async ({ params, body, requester }) => {
      const { roomId, eventType: type } = params
      return { event_id: await sending.sendState(requester, { roomId: roomId as RoomId, type, stateKey: '', content: body as JsonObject }) }
    }),
    route(roomsSend.redactEvent, async ({ params, body, requester }) => {
      const { roomId, eventId, txnId: transactionId } = params
      const redaction = { roomId: roomId as RoomId, redacts: eventId as EventId, content: body as JsonObject, transactionId }
      return { event_id: await sending.redact(requester, redaction) }
    }),
  ]
}
