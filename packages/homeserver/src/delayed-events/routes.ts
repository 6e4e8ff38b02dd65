import { contract } from '@glia/contract'
import { type HandlerInput, type Route, route } from '@glia/http'
import type { JsonObject } from '@glia/protocol'
import type { DelayedEventRow } from './delayed-event-store.ts'
import type { DelayedEvents } from './delayed-events.ts'

type Action = 'cancel' | 'restart' | 'send'

export function delayedEventRoutes(deps: {
  delayedEvents: DelayedEvents
  /** Everything but making them. @param caller a user id, or where a request without a token came from. @throws MatrixError M_LIMIT_EXCEEDED */
  limitManagement: (caller: string) => void
}): Route[] {
  const { delayedEvents, limitManagement } = deps
  const endpoints = contract.client.delayedEvents

  const act = async (action: Action, { params, requester, request }: HandlerInput<typeof endpoints.cancelDelayedEvent>) => {
    limitManagement(requester?.userId ?? request.ip)
    await delayedEvents[action](params.delayId)
    return {}
  }
  return [
    route(endpoints.listDelayedEvents, async ({ requester }) => {
      limitManagement(requester.userId)
      const rows = await delayedEvents.list(requester.userId)
      return { delayed_events: rows.map((row) => ({ ...toWire(row), delay: row.delay_ms, running_since: row.running_since_ms })) }
    }),
    route(endpoints.getDelayedEvent, async ({ params, requester }) => {
      limitManagement(requester.userId)
      const row = await delayedEvents.get(requester.userId, params.delayId)
      return { ...toWire(row), delay_ms: row.delay_ms, delayed_since_ts: row.running_since_ms }
    }),
    route(endpoints.updateDelayedEvent, (input) => act(input.body.action, input)),
    route(endpoints.cancelDelayedEvent, (input) => act('cancel', input)),
    route(endpoints.restartDelayedEvent, (input) => act('restart', input)),
    route(endpoints.sendDelayedEvent, (input) => act('send', input)),
  ]
}

function toWire(row: DelayedEventRow) {
  return {
    delay_id: row.delay_id,
    room_id: row.room_id,
    type: row.type,
    ...(row.state_key === null ? {} : { state_key: row.state_key }),
    content: JSON.parse(row.content) as JsonObject,
  }
}
