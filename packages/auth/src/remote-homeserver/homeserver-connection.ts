import type { MatrixErrcode } from '@glia/contract'
import { MatrixError } from '@glia/contract'
import type { Outbound, Secret } from '@glia/platform'
import type { HomeserverOperation } from './tables.ts'

const TIMEOUT_MS = 20_000
const MAX_ANSWER_BYTES = 1024 * 1024
/** Answers that another time may bring something else; wrong secrets among them, as configurations are mended. */
const WORTH_ANOTHER_TRY = new Set([401, 403, 408, 425, 429])

/** Where a homeserver takes what its auth service tells it: `/_synapse/mas/*` of Synapse 1.136 or later, or of Glia. */
export interface RemoteHomeserverSettings {
  /** Without a slash at the end. */
  readonly endpoint: string
  readonly secret: Secret
}

/** How it went: for good, or to be sent again. */
export type CallResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly status: number; readonly errcode: string | undefined }
  | { readonly kind: 'again'; readonly status: number }

export interface HomeserverConnection {
  /** @throws OutboundError when there is no answer */
  call(operation: HomeserverOperation, body: Readonly<Record<string, unknown>>): Promise<CallResult>
  /** @throws MatrixError as the homeserver says it; M_UNKNOWN with 502 when it says nothing that can be used */
  checkLocalpartAvailable(localpart: string): Promise<void>
}

export function createHomeserverConnection(settings: RemoteHomeserverSettings, outbound: Outbound): HomeserverConnection {
  const request = (method: 'GET' | 'POST', path: string, body?: object) =>
    outbound.request({
      url: `${settings.endpoint}/_synapse/mas/${path}`,
      method,
      headers: {
        authorization: `Bearer ${settings.secret.reveal()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
    })

  return {
    async call(operation, body) {
      const answer = await request('POST', operation, body)
      const { status } = answer
      if (status < 300) return { kind: 'done' }
      if (status >= 500 || status < 400 || WORTH_ANOTHER_TRY.has(status)) return { kind: 'again', status }
      return { kind: 'refused', status, errcode: errorOf(answer.json()).errcode }
    },
    async checkLocalpartAvailable(localpart) {
      const answer = await request('GET', `is_localpart_available?${new URLSearchParams({ localpart })}`)
      if (answer.status === 200) return
      const { errcode, error } = answer.status >= 400 && answer.status < 500 ? errorOf(answer.json()) : {}
      if (answer.status === 403 || errcode === undefined) {
        throw new MatrixError('M_UNKNOWN', 'The homeserver does not say whether the name is free', { status: 502 })
      }
      throw new MatrixError(errcode as MatrixErrcode, error ?? 'This name cannot be taken', { status: answer.status })
    },
  }
}

function errorOf(body: unknown): { errcode?: string; error?: string } {
  return typeof body === 'object' && body !== null ? body : {}
}
