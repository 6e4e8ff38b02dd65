import { anyObject, list, optional, text, timestampMs } from './fields.ts'
import { Type } from './schema.ts'

const events = () => list(anyObject())

/** What users and admins are answered alike when they ask for the history of a room. */
export const historyPage = Type.Object({ start: text(), end: optional(text()), chunk: events(), state: optional(events()) })

export const eventContext = Type.Object({
  start: text(),
  end: text(),
  event: anyObject(),
  events_before: events(),
  events_after: events(),
  state: events(),
})

export const eventAtTime = Type.Object({ event_id: text(), origin_server_ts: timestampMs() })
