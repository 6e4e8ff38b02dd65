import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Agent, Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import type { AddressRules } from './address-rules.ts'
import { AddressRefusedError, guardedConnector } from './guarded-connector.ts'
import { OutboundError } from './outbound-error.ts'
import { ACCEPTED_ENCODINGS, readAnswer, TooLargeError, UnreadableBodyError } from './read-answer.ts'

export interface OutboundRequest {
  readonly url: string | URL
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Names in lower case. `user-agent` and `accept-encoding` are set here. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** For the whole exchange: name, connection, redirects, and the answer to its last byte. */
  readonly timeoutMs: number
  /** Longest answer, unpacked. */
  readonly maxBytes: number
  /** How many redirects to follow, of GET and HEAD only. Default: none, a redirect is then an answer like any other. */
  readonly maxRedirects?: number
  /** Asked before each hop; false refuses it as `bad_url`. */
  readonly allowUrl?: (url: URL) => boolean
  readonly signal?: AbortSignal
}

export interface OutboundAnswer {
  /** Also those that say no: only when there is no answer at all an error is thrown. */
  readonly status: number
  /** Names in lower case; what came more than once is joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the answer came from, after redirects. */
  readonly url: URL
  readonly body: Buffer
  /** @throws OutboundError `bad_answer` if it is not JSON in UTF-8. */
  json(): unknown
}

/** Asks other servers. All requests that leave this server go through here. */
export interface Outbound {
  /** @throws OutboundError if there is no answer within the limits. */
  request(request: OutboundRequest): Promise<OutboundAnswer>
  /** Breaks off what is under way and closes idle connections. */
  close(): Promise<void>
}

export interface OutboundOptions {
  readonly clock: Clock
  readonly userAgent: string
  /** Addresses that may be asked. Left out where an admin has named the place to ask: then any. */
  readonly addresses?: AddressRules
  /** Hosts that nothing is asked of, redirects included. */
  readonly isBlocked?: (host: string) => Promise<boolean>
  /** Default: that of the system. */
  readonly lookup?: LookupFunction
}

const CONNECT_TIMEOUT_MS = 10_000
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export function createOutbound({
  clock,
  userAgent,
  addresses,
  isBlocked,
  lookup = systemLookup as LookupFunction,
}: OutboundOptions): Outbound {
  let agent: Promise<Agent> | undefined

  async function openAgent(): Promise<Agent> {
    // Loaded with the first request: a start needs none of it.
    const { Agent, buildConnector } = await import('undici')
    const options = { allowH2: false, timeout: CONNECT_TIMEOUT_MS, autoSelectFamily: true }
    return new Agent({
      connect: addresses ? guardedConnector(buildConnector, addresses, lookup, options) : buildConnector({ ...options, lookup }),
    })
  }

  async function exchange(request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    agent ??= openAgent()
    const dispatcher = await agent
    const { method = 'GET', maxRedirects = 0, allowUrl } = request
    let headers: Record<string, string> = { ...request.headers, 'user-agent': userAgent, 'accept-encoding': ACCEPTED_ENCODINGS }
    let url = readUrl(request.url)
    for (let redirects = 0; ; redirects++) {
      if (await isBlocked?.(url.host)) throw new OutboundError('bad_url', url.host, 'is blocked')
      if (allowUrl?.(url) === false) throw new OutboundError('bad_url', url.host, 'is not to be asked')
      try {
        const answer = await dispatcher.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers,
          body: request.body ?? null,
          signal,
        })
        const next = maxRedirects > 0 ? redirectOf(answer, method, url) : undefined
        if (!next) return await answerOf(answer, url, request.maxBytes)
        answer.body.on('error', () => {})
        answer.body.destroy()
        if (redirects >= maxRedirects) throw new OutboundError('redirects', url.host, `redirects more than ${maxRedirects} times`)
        if (next.origin !== url.origin) headers = withoutCredentials(headers)
        url = next
      } catch (error) {
        throw signal.aborted ? signal.reason : failureOf(error, url, request)
      }
    }
  }

  return {
    async request(request) {
      const controller = new AbortController()
      const host = URL.parse(request.url)?.host ?? ''
      const stopWaiting = clock.after(request.timeoutMs, () =>
        controller.abort(new OutboundError('timeout', host, `no whole answer within ${request.timeoutMs} ms`)),
      )
      const callOff = () => controller.abort(new OutboundError('aborted', host, 'called off'))
      if (request.signal?.aborted) callOff()
      request.signal?.addEventListener('abort', callOff, { once: true })
      try {
        return await exchange(request, controller.signal)
      } finally {
        stopWaiting()
        request.signal?.removeEventListener('abort', callOff)
      }
    },
    async close() {
      const open = await agent
      agent = undefined
      await open?.destroy()
    },
  }
}

function readUrl(given: string | URL): URL {
  const url = URL.parse(given)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new OutboundError('bad_url', '', 'not an http or https URL')
  if (url.username !== '' || url.password !== '') throw new OutboundError('bad_url', url.host, 'a URL with a user name is not asked')
  return url
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, method: string, from: URL): URL | undefined {
  if (!REDIRECTS.has(statusCode) || (method !== 'GET' && method !== 'HEAD')) return undefined
  const location = headers.location
  if (typeof location !== 'string') return undefined
  const target = URL.parse(location, from)
  if (!target) throw new OutboundError('bad_answer', from.host, 'redirects to what is no URL')
  return readUrl(target)
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { authorization: _authorization, cookie: _cookie, ...others } = headers
  return others
}

async function answerOf(answer: Dispatcher.ResponseData, url: URL, maxBytes: number): Promise<OutboundAnswer> {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join(', ')]])),
  )
  const body = await readAnswer(answer.body, headers['content-encoding'], maxBytes)
  return {
    status: answer.statusCode,
    headers,
    url,
    body,
    json() {
      try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown
      } catch {
        throw new OutboundError('bad_answer', url.host, 'answered what is not JSON')
      }
    },
  }
}

function failureOf(error: unknown, { host }: URL, { maxBytes }: OutboundRequest): OutboundError {
  if (error instanceof OutboundError) return error
  if (isAddressRefused(error)) return new OutboundError('refused', host, 'has no address that may be asked')
  if (error instanceof TooLargeError) return new OutboundError('too_large', host, `answered more than ${maxBytes} bytes`)
  if (error instanceof UnreadableBodyError) return new OutboundError('bad_answer', host, 'answered in an encoding that cannot be read')
  const { code, name } = error as NodeJS.ErrnoException
  if (name === 'HTTPParserError') return new OutboundError('bad_answer', host, 'does not speak HTTP')
  // A mistake of ours, not of theirs.
  if (typeof code !== 'string' || code === 'UND_ERR_INVALID_ARG') throw error
  return new OutboundError('unreachable', host, `cannot be reached (${code})`)
}

function isAddressRefused(error: unknown): boolean {
  if (error instanceof AddressRefusedError) return true
  return error instanceof Error && error.cause !== undefined && isAddressRefused(error.cause)
}
