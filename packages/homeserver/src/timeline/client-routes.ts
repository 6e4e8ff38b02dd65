import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { EventId, JsonObject, RoomId } from '@glia/protocol'
import { massagedTimestamp } from '../massaged-timestamp.ts'
import type { Sending } from './sending.ts'

export function sendingClientRoutes({ sending }: { sending: Sending }): Route[] {
  const { roomsSend } = contract.client
  return [
    route(roomsSend.sendMessage, async ({ params, query, body, requester }) => {
      const { roomId, eventType: type, txnId: transactionId } = params
      const message = {
        roomId: roomId as RoomId,
        type,
        content: body as JsonObject,
        transactionId,
        ...massagedTimestamp(requester, query.ts),
      }
      return { event_id: await sending.sendMessage(requester, message) }
    }),
    route(roomsSend.sendState, async ({ params, query, body, requester }) => {
      const { roomId, eventType: type, stateKey } = params
      const state = { roomId: roomId as RoomId, type, stateKey, content: body as JsonObject, ...massagedTimestamp(requester, query.ts) }
      return { event_id: await sending.sendState(requester, state) }
    }),
    route(roomsSend.sendStateWithEmptyKey, async ({ params, query, body, requester }) => {
      const { roomId, eventType: type } = params
      const state = { roomId: roomId as RoomId, type, stateKey: '', content: body as JsonObject, ...massagedTimestamp(requester, query.ts) }
      return { event_id: await sending.sendState(requester, state) }
    }),
    route(roomsSend.redactEvent, async ({ params, body, requester }) => {
      const { roomId, eventId, txnId: transactionId } = params
      const redaction = { roomId: roomId as RoomId, redacts: eventId as EventId, content: body as JsonObject, transactionId }
      return { event_id: await sending.redact(requester, redaction) }
    }),
  ]
}
