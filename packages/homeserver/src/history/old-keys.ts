import type { ClientEvent } from '@glia/protocol'

/** Keys of the first Client-Server API that Synapse's Admin API still writes, beside those of today. */
export function withOldKeys(event: ClientEvent): Record<string, unknown> {
  const unsigned = event.unsigned ?? {}
  const kept = ['age', 'redacted_because', 'replaces_state', 'prev_content'].filter((key) => unsigned[key] !== undefined)
  return { ...event, user_id: event.sender, ...Object.fromEntries(kept.map((key) => [key, unsigned[key]])) }
}
