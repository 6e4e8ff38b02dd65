import { contract } from '@glia/contract'
import { Reply, type Requester, type Route, route } from '@glia/http'
import type { EventId, JsonObject, RoomId } from '@glia/protocol'
import { massagedTimestamp } from '../massaged-timestamp.ts'
import type { Sending } from './sending.ts'

const DELAY = 'org.matrix.msc4140.delay'

/** Keeps an event for later (MSC4140). @returns the id under which it waits */
export type DelayEvent = (
  requester: Requester,
  event: { roomId: RoomId; type: string; stateKey?: string; content: JsonObject; delayMs: number; transactionId?: string },
) => Promise<string>

export function sendingClientRoutes({
  sending,
  delay,
  onActive,
}: {
  sending: Sending
  delay: DelayEvent
  /** The user did something. */
  onActive: (requester: Requester) => void
}): Route[] {
  const { roomsSend } = contract.client

  const sendState = async (
    requester: Requester,
    event: { roomId: RoomId; type: string; stateKey: string; content: JsonObject },
    query: { ts?: string; [DELAY]?: number },
  ) => {
    const delayMs = query[DELAY]
    if (delayMs !== undefined) return delayed(await delay(requester, { ...event, delayMs }))
    onActive(requester)
    return { event_id: await sending.sendState(requester, { ...event, ...massagedTimestamp(requester, query.ts) }) }
  }

  return [
    route(roomsSend.sendMessage, async ({ params, query, body, requester }) => {
      const { eventType: type, txnId: transactionId } = params
      const event = { roomId: params.roomId as RoomId, type, content: body as JsonObject, transactionId }
      const delayMs = query[DELAY]
      if (delayMs !== undefined) return delayed(await delay(requester, { ...event, delayMs }))
      onActive(requester)
      return { event_id: await sending.sendMessage(requester, { ...event, ...massagedTimestamp(requester, query.ts) }) }
    }),
    route(roomsSend.sendState, ({ params, query, body, requester }) => {
      const { roomId, eventType: type, stateKey } = params
      return sendState(requester, { roomId: roomId as RoomId, type, stateKey, content: body as JsonObject }, query)
    }),
    route(roomsSend.sendStateWithEmptyKey, ({ params, query, body, requester }) => {
      const { roomId, eventType: type } = params
      return sendState(requester, { roomId: roomId as RoomId, type, stateKey: '', content: body as JsonObject }, query)
    }),
    route(roomsSend.redactEvent, async ({ params, body, requester }) => {
      const { roomId, eventId, txnId: transactionId } = params
      const redaction = { roomId: roomId as RoomId, redacts: eventId as EventId, content: body as JsonObject, transactionId }
      return { event_id: await sending.redact(requester, redaction) }
    }),
  ]
}

function delayed(delayId: string): Reply {
  return Reply.json(200, { delay_id: delayId })
}
