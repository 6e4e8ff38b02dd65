import type { TProperties, TSchema } from 'typebox'
import type { AnyEndpoint } from './endpoint.ts'
import { MatrixError } from './errors.ts'
import { flag, integer, optional } from './fields.ts'
import { Type } from './schema.ts'

/** The query of endpoints that can say what they would do. Those without it refuse to be asked: `refuseUnknownDryRun`. */
export const dryRunQuery = {
  dry_run: optional(flag({ description: 'changes nothing; the answer says in `would` what would be done. Only Glia has this' })),
}

/** Counts of what a call would change. */
export const wouldCounts = {
  room: { local_members: integer(), events: integer() },
  history: { events: integer() },
  redaction: { rooms: integer(), events: integer() },
  media: { media: integer(), bytes: integer() },
  devices: { devices: integer() },
} as const

/** What the call answers, or with `dry_run` the counts of what it would change. */
export function orWould<A extends TSchema, C extends TProperties>(answer: A, counts: C) {
  return Type.Union([answer, Type.Object({ would: Type.Object(counts) })])
}

/** @param query as the endpoint's schema reads it */
export function isDryRun(query: Readonly<Record<string, unknown>>): boolean {
  return query.dry_run === true
}

/**
 * A change that was asked for as a dry run must not happen because it has none.
 * @param query as sent @throws MatrixError M_INVALID_PARAM
 */
export function refuseUnknownDryRun(endpoint: AnyEndpoint, query: URLSearchParams, body: unknown): void {
  const inQuery = query.has('dry_run') && !Object.hasOwn(endpoint.query.properties, 'dry_run')
  const fields = endpoint.body.kind === 'json' ? endpoint.body.schema.properties : {}
  const inBody = typeof body === 'object' && body !== null && Object.hasOwn(body, 'dry_run') && !Object.hasOwn(fields, 'dry_run')
  if (inQuery) throw new MatrixError('M_INVALID_PARAM', 'This call has no dry_run among its query parameters')
  if (inBody) throw new MatrixError('M_INVALID_PARAM', 'This call has no dry_run in its body')
}
