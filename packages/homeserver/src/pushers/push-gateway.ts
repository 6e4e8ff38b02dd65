import { type Outbound, OutboundError } from '@glia/platform'
import { isJsonObject, type JsonObject } from '@glia/protocol'
import type { SendingPusher } from './pusher-store.ts'

/** How a gateway took a notification. */
export type PushOutcome =
  | { readonly kind: 'sent' }
  /** The gateway knows that this pushkey will never work (again). */
  | { readonly kind: 'rejected' }
  /** To be tried again. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Called off. */
  | { readonly kind: 'stopped' }

const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 256 * 1024

/** Gives a notification to the pusher's gateway (Push Gateway API, `POST /_matrix/push/v1/notify`). */
export async function callGateway(
  outbound: Outbound,
  pusher: SendingPusher,
  notification: JsonObject,
  signal: AbortSignal,
): Promise<PushOutcome> {
  try {
    const answer = await outbound.request({
      url: String(pusher.data.url),
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ notification }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    })
    if (answer.status < 200 || answer.status > 299) return { kind: 'failed', reason: `${answer.url.host}: answered ${answer.status}` }
    const body = answer.json()
    const rejected = isJsonObject(body) && Array.isArray(body.rejected) ? body.rejected : []
    return { kind: rejected.includes(pusher.pushkey) ? 'rejected' : 'sent' }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    return error.failure === 'aborted' ? { kind: 'stopped' } : { kind: 'failed', reason: error.message }
  }
}
