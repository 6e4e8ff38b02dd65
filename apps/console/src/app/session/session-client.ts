import { ApiError, type Client, createClient } from '@glia/client'
import type { SessionStore } from './session-store.ts'
import type { TokenKeeper } from './token-keeper.ts'

/** A client that sends the session's token, renews it when it is refused, and ends the session when that does not help. */
export function createSessionClient(baseUrl: string, keeper: TokenKeeper): Client {
  return createClient({ baseUrl, token: () => keeper.token(), fetch: (input, init) => fetchRenewing(keeper, input, init) })
}

async function fetchRenewing(keeper: TokenKeeper, input: RequestInfo | URL, init: RequestInit | undefined): Promise<Response> {
  const response = await fetch(input, init)
  const sent = new Headers(init?.headers).get('authorization')
  if (response.status !== 401 || sent === null) return response
  const token = await keeper.renewed(sent.slice('Bearer '.length))
  if (token === undefined) return response
  const headers = new Headers(init?.headers)
  headers.set('authorization', `Bearer ${token}`)
  return fetch(input, { ...init, headers })
}

/** Ends the session when an answer says that its token is worth nothing (any more). */
export function endSessionIfRefused(store: SessionStore, error: unknown): void {
  if (error instanceof ApiError && error.status === 401) store.end('expired')
}
