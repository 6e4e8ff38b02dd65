import { type Outbound, OutboundError, type Secret } from '@glia/platform'
import type { Appservice } from '@glia/protocol'

/** An application service as this server knows it. */
export interface RegisteredAppservice {
  readonly service: Appservice
  /** With it the server calls the service. */
  readonly hsToken: Secret
}

/** What a service answered; there may be none. */
export interface AppserviceAnswer {
  readonly status: number
  readonly text: string
  /** undefined for what is no JSON. */
  json(): unknown
}

/** Calls to one application service (Application Service API). */
export interface AppserviceHttp {
  /**
   * @param path under `/_matrix/app/v1/`, encoded
   * @throws OutboundError if there is no answer, or the service has no URL
   */
  call(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    request?: { body?: string; signal?: AbortSignal; timeoutMs?: number },
  ): Promise<AppserviceAnswer>
}

/** Bridges may take their time over a query: they ask the other network. */
const TIMEOUT_MS = 60_000
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

export function createAppserviceHttp(outbound: Outbound, { service, hsToken }: RegisteredAppservice): AppserviceHttp {
  return {
    async call(method, path, { body, signal, timeoutMs = TIMEOUT_MS } = {}) {
      if (service.url === undefined) throw new OutboundError('bad_url', '', 'the application service has no URL')
      const answer = await outbound.request({
        url: `${service.url}/_matrix/app/v1/${path}`,
        method,
        headers: {
          authorization: `Bearer ${hsToken.reveal()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      })
      return {
        status: answer.status,
        text: answer.body.toString('utf8'),
        json: () => {
          try {
            return answer.json()
          } catch {
            return undefined
          }
        },
      }
    },
  }
}

export function isSuccess({ status }: { status: number }): boolean {
  return status >= 200 && status < 300
}
