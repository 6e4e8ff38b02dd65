import type { Outbound } from '@glia/platform'

const TIMEOUT_MS = 10_000
const MAX_BYTES = 1024 * 1024

/** The part of `fetch` that libraries use. */
export interface FetchOptions {
  readonly method?: string | undefined
  readonly headers?: Headers | Record<string, string> | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** `fetch` for libraries that ask other servers, through the server's own way out and within its limits. */
export function fetchThrough(outbound: Outbound): (url: string, options: FetchOptions) => Promise<Response> {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const answer = await outbound.request({
      url,
      method: method as 'GET' | 'POST',
      ...(headers === undefined ? {} : { headers: Object.fromEntries(new Headers(headers)) }),
      ...(body === undefined || body === null ? {} : { body: String(body) }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      ...(signal && { signal }),
    })
    const { 'content-encoding': _encoding, 'content-length': _length, ...others } = answer.headers
    return new Response(answer.status === 204 ? null : new Uint8Array(answer.body), { status: answer.status, headers: others })
  }
}
