import type { AnyEndpoint, BodyOf, ParamsOf, QueryOf, ResponseOf } from '@glia/contract'
import { ApiError, ConnectionError } from './api-error.ts'

type Part<Name extends string, T> = keyof T extends never ? {} : {} extends T ? { [K in Name]?: T } : { [K in Name]: T }

/** What a call needs: only the parts that the endpoint has, and only those required that have required fields. */
export type CallInput<E extends AnyEndpoint> = Part<'params', ParamsOf<E>> &
  Part<'query', QueryOf<E>> &
  Part<'body', BodyOf<E>> & { signal?: AbortSignal; binary?: BodyInit; headers?: Record<string, string> }

/** JSON endpoints give their parsed answer; pages and media give the `Response` as it is. */
export type CallResult<E extends AnyEndpoint> = ResponseOf<E>

export interface Transport {
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly fetch: typeof fetch
  /** The access token to send; asked before each request that needs one. */
  readonly token: () => Promise<string | undefined> | string | undefined
}

/**
 * Calls an endpoint of the contract.
 * @throws ApiError for every status that is not 2xx
 * @throws ConnectionError when there is no answer
 */
export async function call<E extends AnyEndpoint>(transport: Transport, endpoint: E, input: CallInput<E>): Promise<CallResult<E>> {
  const parts = input as {
    params?: Record<string, unknown>
    query?: Record<string, unknown>
    body?: unknown
    binary?: BodyInit
    headers?: Record<string, string>
    signal?: AbortSignal
  }
  const url = transport.baseUrl + pathWith(endpoint.path, parts.params ?? {}) + queryWith(parts.query ?? {})
  const headers: Record<string, string> = { accept: 'application/json', ...parts.headers }
  const token = needsToken(endpoint) ? await transport.token() : undefined
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  const body = bodyWith(endpoint, parts, headers)
  let response: Response
  try {
    response = await transport.fetch(url, {
      method: endpoint.method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(parts.signal === undefined ? {} : { signal: parts.signal }),
    })
  } catch (error) {
    if (parts.signal?.aborted) throw error
    throw new ConnectionError(url, error)
  }
  if (!response.ok) throw new ApiError(endpoint.id, response.status, await jsonOf(response))
  if (endpoint.answer.kind !== 'json') return response as CallResult<E>
  return (response.status === 204 ? {} : await response.json()) as CallResult<E>
}

function needsToken(endpoint: AnyEndpoint): boolean {
  return ['user', 'optionalUser', 'serverAdmin', 'authAdmin'].includes(endpoint.access.kind)
}

function pathWith(path: string, params: Record<string, unknown>): string {
  return path.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
}

function queryWith(query: Record<string, unknown>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) search.append(name, String(item))
  }
  return search.size > 0 ? `?${search}` : ''
}

function bodyWith(
  endpoint: AnyEndpoint,
  parts: { body?: unknown; binary?: BodyInit },
  headers: Record<string, string>,
): BodyInit | undefined {
  switch (endpoint.body.kind) {
    case 'json':
      headers['content-type'] = 'application/json'
      return JSON.stringify(parts.body ?? {})
    case 'form':
      return new URLSearchParams(parts.body as Record<string, string>)
    case 'binary':
      return parts.binary
    case 'none':
      return undefined
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
