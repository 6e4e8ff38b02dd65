import type { Readable } from 'node:stream'
import type { Access, AnyEndpoint, BodyOf, Endpoint, ParamsOf, QueryOf, ResponseOf } from '@glia/contract'
import type { AuthAdminRequester, Origin, Requester } from './requester.ts'

/** The request beside its validated parts. */
export interface RequestInfo extends Origin {
  readonly method: string
  /** Path and query as sent, with any `access_token` taken out: safe to log. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Aborted when the client goes away before it is answered. */
  readonly signal: AbortSignal
  /** The body's bytes, for endpoints with a binary body. */
  readonly stream: Readable
  /** All query parameters, also those that the contract does not name. */
  readonly rawQuery: URLSearchParams
  /** For answers that go on for long: looks again at who asks. @throws MatrixError as at first, when the caller may no longer ask that */
  authorizeAgain(): Promise<Requester>
}

type RequesterFor<A extends Access> = A extends { kind: 'user' | 'serverAdmin' }
  ? Requester
  : A extends { kind: 'optionalUser' }
    ? Requester | undefined
    : A extends { kind: 'authAdmin' }
      ? AuthAdminRequester
      : undefined

export interface HandlerInput<E extends AnyEndpoint> {
  readonly params: ParamsOf<E>
  readonly query: QueryOf<E>
  readonly body: BodyOf<E>
  readonly requester: E extends Endpoint<any, any, any, any, infer A> ? RequesterFor<A> : never
  readonly request: RequestInfo
}

/** An answer that is more than JSON with the endpoint's status. */
export class Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string | Buffer | Readable | undefined

  constructor(status: number, headers: Record<string, string | string[]>, body?: string | Buffer | Readable) {
    this.status = status
    this.headers = headers
    this.body = body
  }

  static json(status: number, value: unknown, headers: Record<string, string | string[]> = {}): Reply {
    return new Reply(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value))
  }

  /** 204 */
  static empty(): Reply {
    return new Reply(204, {})
  }

  static html(status: number, html: string, headers: Record<string, string | string[]> = {}): Reply {
    return new Reply(status, { 'content-type': 'text/html; charset=utf-8', ...headers }, html)
  }

  static redirect(location: string, headers: Record<string, string | string[]> = {}): Reply {
    return new Reply(303, { location, ...headers })
  }
}

export type Handler<E extends AnyEndpoint> = (input: HandlerInput<E>) => Promise<ResponseOf<E> | Reply>

/** An endpoint of the contract with what answers it. */
export interface Route {
  readonly endpoint: AnyEndpoint
  readonly handler: (input: HandlerInput<any>) => Promise<unknown>
}

/** Binds an endpoint to its handler. The handler only translates: wire names in, one call, wire names out. */
export function route<E extends AnyEndpoint>(endpoint: E, handler: Handler<E>): Route {
  return { endpoint, handler: handler as Route['handler'] }
}
