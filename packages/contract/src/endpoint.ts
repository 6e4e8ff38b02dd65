import type { Static, TObject, TProperties, TSchema, TUnsafe } from 'typebox'
import type { Access } from './access.ts'
import type { MatrixErrcode } from './errors.ts'
import { Type } from './schema.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** How errors look on the wire and where a token may be; see `@glia/http`. */
export type Surface =
  /** Client-Server API: `{errcode, error}` */
  | 'client'
  /** Synapse's Admin API: as `client`, with its stricter token rules */
  | 'admin'
  /** Glia's own API under `/_glia/`: as `admin` */
  | 'glia'
  /** OAuth 2.0: `{error, error_description}` (RFC 6749 section 5.2) */
  | 'oauth'
  /** MAS Admin API under `/api/admin/v1/`: `{errors: [{title}]}` */
  | 'auth-admin'
  /** HTML for a person */
  | 'page'

/**
 * What a request carries.
 * - `json`: a JSON object, whatever Content-Type says; `optional` takes an empty body as `{}`;
 *   `canonicalNumbers` refuses numbers that canonical JSON cannot hold (event contents).
 * - `form`: `application/x-www-form-urlencoded`.
 * - `binary`: the bytes, as a stream.
 */
export type Body =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'json'
      readonly schema: TObject
      readonly optional: boolean
      readonly canonicalNumbers: boolean
      readonly maxBytes: number
    }
  | { readonly kind: 'form'; readonly schema: TObject; readonly maxBytes: number }
  | { readonly kind: 'binary' }

/** What a good answer carries: JSON of this schema, a page, or bytes. */
export type Answer<R extends TSchema = TSchema> =
  | { readonly kind: 'json'; readonly schema: R }
  | { readonly kind: 'html' }
  | { readonly kind: 'binary' }

export interface Endpoint<
  P extends TProperties = TProperties,
  Q extends TProperties = TProperties,
  B extends TProperties = TProperties,
  R extends TSchema = TSchema,
  A extends Access = Access,
> {
  /** Dotted, unique, stable: `admin.rooms.delete_v2`. Appears in logs, metrics and the OpenAPI document. */
  readonly id: string
  readonly method: Method
  /** With `{name}` for path parameters. Paths under `/_matrix/client/v3/` are also served under `r0` and `unstable`. */
  readonly path: string
  /** Other paths that mean the same, with the same parameters. */
  readonly aliases: readonly string[]
  readonly surface: Surface
  readonly access: A
  readonly summary: string
  /** Where the behaviour is defined: spec section, RFC, or page of Synapse's or MAS's documentation. */
  readonly source: string
  readonly params: TObject<P>
  readonly query: TObject<Q>
  readonly body: Body
  readonly answer: Answer<R>
  /** Status of a good answer. */
  readonly status: number
  /** Errors that the operation itself adds to those of authentication and validation. */
  readonly errors: readonly MatrixErrcode[]
  readonly deprecated: boolean
  /** Carries the body's type, nothing at run time. */
  readonly bodyType?: Static<TObject<B>>
}

export type AnyEndpoint = Endpoint<any, any, any, any, Access>

export interface EndpointDefinition<
  P extends TProperties,
  Q extends TProperties,
  B extends TProperties,
  R extends TSchema,
  A extends Access,
> {
  id: string
  method: Method
  path: string
  aliases?: readonly string[]
  surface: Surface
  access: A
  summary: string
  source: string
  params?: P
  query?: Q
  /** A JSON object with these fields. `optionalBody`, `form`, `binaryBody` are the other kinds. */
  body?: B
  optionalBody?: B
  form?: B
  binaryBody?: true
  canonicalNumbers?: boolean
  maxBodyBytes?: number
  response?: R
  produces?: 'json' | 'html' | 'binary'
  status?: number
  errors?: readonly MatrixErrcode[]
  deprecated?: boolean
}

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024

/** A page or bytes: the client hands out the `Response` as it is. */
export type RawAnswer = TUnsafe<Response>

/** Declares an endpoint. Everything else (route, validation, OpenAPI, client, tests) is derived from the value. */
export function endpoint<A extends Access, P extends TProperties = {}, Q extends TProperties = {}, B extends TProperties = {}>(
  definition: EndpointDefinition<P, Q, B, RawAnswer, A> & { produces: 'html' | 'binary' },
): Endpoint<P, Q, B, RawAnswer, A>
export function endpoint<
  A extends Access,
  P extends TProperties = {},
  Q extends TProperties = {},
  B extends TProperties = {},
  R extends TSchema = TObject<{}>,
>(definition: EndpointDefinition<P, Q, B, R, A> & { produces?: 'json' }): Endpoint<P, Q, B, R, A>
export function endpoint<A extends Access, P extends TProperties, Q extends TProperties, B extends TProperties, R extends TSchema>(
  definition: EndpointDefinition<P, Q, B, R, A>,
): Endpoint<P, Q, B, R, A> {
  return {
    id: definition.id,
    method: definition.method,
    path: definition.path,
    aliases: [...versionAliases(definition.path), ...(definition.aliases ?? [])],
    surface: definition.surface,
    access: definition.access,
    summary: definition.summary,
    source: definition.source,
    params: Type.Object(definition.params ?? ({} as P)),
    query: Type.Object(definition.query ?? ({} as Q)),
    body: bodyOf(definition),
    answer:
      definition.produces === 'html' || definition.produces === 'binary'
        ? { kind: definition.produces }
        : { kind: 'json', schema: definition.response ?? (Type.Object({}) as unknown as R) },
    status: definition.status ?? 200,
    errors: definition.errors ?? [],
    deprecated: definition.deprecated ?? false,
  }
}

function bodyOf(definition: EndpointDefinition<any, any, any, any, any>): Body {
  const maxBytes = definition.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES
  if (definition.binaryBody) return { kind: 'binary' }
  if (definition.form) return { kind: 'form', schema: Type.Object(definition.form), maxBytes }
  const fields = definition.body ?? definition.optionalBody
  if (!fields) return { kind: 'none' }
  return {
    kind: 'json',
    schema: Type.Object(fields),
    optional: definition.optionalBody !== undefined,
    canonicalNumbers: definition.canonicalNumbers ?? false,
    maxBytes,
  }
}

/** Everything of the Client-Server API v3 is also answered under `r0` (older clients) and `unstable` (matrix-js-sdk). */
function versionAliases(path: string): string[] {
  const prefix = '/_matrix/client/v3/'
  if (!path.startsWith(prefix)) return []
  return ['r0', 'unstable'].map((version) => path.replace(prefix, `/_matrix/client/${version}/`))
}

export function isEndpoint(value: unknown): value is AnyEndpoint {
  return typeof value === 'object' && value !== null && 'path' in value && 'method' in value && 'access' in value
}

export type ParamsOf<E> = E extends Endpoint<infer P, any, any, any, any> ? Static<TObject<P>> : never
export type QueryOf<E> = E extends Endpoint<any, infer Q, any, any, any> ? Static<TObject<Q>> : never
export type BodyOf<E> = E extends Endpoint<any, any, infer B, any, any> ? Static<TObject<B>> : never
export type ResponseOf<E> = E extends Endpoint<any, any, any, infer R, any> ? Static<R> : never
export type AccessOf<E> = E extends Endpoint<any, any, any, any, infer A> ? A : never
