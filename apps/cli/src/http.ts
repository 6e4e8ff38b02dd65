import { CliError, RefusedError } from './errors.ts'
import { userAgent } from './version.ts'

/** Long enough for a server that hashes passwords on a slow machine. */
const TIMEOUT_MS = 60_000

export interface JsonAnswer {
  readonly status: number
  readonly ok: boolean
  /** An empty object where the answer is not a JSON object. */
  readonly body: Record<string, unknown>
  readonly isJson: boolean
}

export interface JsonRequest {
  readonly method?: string
  readonly token?: string
  readonly json?: unknown
  readonly form?: Record<string, string>
}

/** `fetch` that says in words why there was no answer. @throws CliError */
export const reach: typeof fetch = async (input, init = {}) => {
  const headers = new Headers(init.headers)
  if (!headers.has('user-agent')) headers.set('user-agent', userAgent)
  try {
    return await fetch(input, { ...init, headers })
  } catch (error) {
    throw new CliError(`${originOf(String(input))} cannot be reached: ${reasonOf(error)}`, { cause: error })
  }
}

/** One request whose answer should be a JSON object; every status is an answer. @throws CliError when there is none */
export async function requestJson(url: string, request: JsonRequest = {}): Promise<JsonAnswer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (request.token !== undefined) headers.authorization = `Bearer ${request.token}`
  if (request.json !== undefined) headers['content-type'] = 'application/json'
  const body = request.form ? new URLSearchParams(request.form) : request.json === undefined ? undefined : JSON.stringify(request.json)
  const response = await reach(url, {
    method: request.method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body }),
  })
  const { status, ok } = response
  try {
    const parsed: unknown = await response.json()
    if (typeof parsed === 'object' && parsed !== null) return { status, ok, isJson: true, body: parsed as Record<string, unknown> }
  } catch {
    // not JSON: told by `isJson`
  }
  return { status, ok, isJson: false, body: {} }
}

/** As `requestJson`, for requests that must succeed. @param what begins the error message @throws RefusedError, CliError */
export async function mustGetJson(what: string, url: string, request: JsonRequest = {}): Promise<Record<string, unknown>> {
  const answer = await requestJson(url, request)
  if (!answer.ok) throw new RefusedError(what, answer.status, answer.body)
  if (!answer.isJson) throw new CliError(`${what}: ${url} does not answer with JSON`)
  return answer.body
}

/** A text member of an answer. @throws CliError when it is missing */
export function textMember(what: string, body: Record<string, unknown>, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw new CliError(`${what}: the answer has no "${name}"`)
  return value
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name cannot be looked up now',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (NODE_EXTRA_CA_CERTS=FILE makes it known)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an unknown authority (NODE_EXTRA_CA_CERTS=FILE makes it known)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an unknown authority (NODE_EXTRA_CA_CERTS=FILE makes it known)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time'
  const cause = (error as { cause?: { code?: string; message?: string; errors?: { code?: string }[] } }).cause
  const code = cause?.code ?? cause?.errors?.[0]?.code
  return REASONS[code ?? ''] ?? code ?? cause?.message ?? (error as Error).message
}
