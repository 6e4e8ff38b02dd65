import { AuthAdminError } from '@glia/contract'
import type { RequestInfo } from '@glia/http'
import { isUlid } from '@glia/platform'

const DEFAULT_SIZE = 10

export interface PageQuery {
  readonly 'page[first]'?: number
  readonly 'page[last]'?: number
  readonly 'page[after]'?: string
  readonly 'page[before]'?: string
  readonly count?: 'true' | 'false' | 'only'
}

/** Which part of a list, sorted by id, is asked for: `size` items after (exclusive) and before (exclusive), from its start or its end. */
export interface Page {
  readonly size: number
  readonly isBackward: boolean
  readonly after: string | undefined
  readonly before: string | undefined
}

/** @param status 400 for paths and queries, 422 for bodies @throws AuthAdminError */
export function readUlid(text: string, status: 400 | 422 = 400): string {
  if (!isUlid(text)) throw new AuthAdminError(status, 'Invalid ULID')
  return text
}

/** @throws AuthAdminError 400 */
export function readPage(query: PageQuery): Page {
  const { 'page[first]': first, 'page[last]': last, 'page[after]': after, 'page[before]': before } = query
  if (first !== undefined && last !== undefined) throw new AuthAdminError(400, 'page[first] and page[last] exclude each other')
  return {
    size: first ?? last ?? DEFAULT_SIZE,
    isBackward: last !== undefined,
    after: after === undefined ? undefined : readUlid(after),
    before: before === undefined ? undefined : readUlid(before),
  }
}

/** @param isOptional nothing at all is right, too @throws AuthAdminError 415 */
export function requireJson({ headers }: RequestInfo, isOptional = false): void {
  if (isOptional && headers['content-type'] === undefined) return
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(String(headers['content-type'] ?? ''))) {
    throw new AuthAdminError(415, 'Expected request with `Content-Type: application/json`')
  }
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/** RFC 3339 to milliseconds. @param status 422 for bodies, 400 for filters @throws AuthAdminError */
export function readInstant(text: string, status = 422): number {
  const ms = RFC3339.test(text) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : Number.NaN
  if (Number.isNaN(ms)) throw new AuthAdminError(status, 'Invalid date and time: RFC 3339 is expected')
  return ms
}

export const toInstant = (ms: number): string => new Date(ms).toISOString()
export const toInstantOrNull = (ms: number | null): string | null => (ms === null ? null : toInstant(ms))

/** @throws AuthAdminError 404 */
export function found<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined) throw new AuthAdminError(404, `${what} with ID ${id} not found`)
  return value
}

interface Resource<A> {
  readonly id: string
  readonly attributes: A
}

/** One resource; `self` is the path that was asked, when it is another than the resource's own. */
export function singleDocument<A>(type: string, path: string, { id, attributes }: Resource<A>, self = `${path}/${id}`) {
  return { data: { type, id, attributes, links: { self: `${path}/${id}` } }, links: { self } }
}

/**
 * A page of resources with its links (paths; brackets stay as they are).
 * @param list the page asked for, ascending; one item more than `size`, at the far end, if there are more
 */
export async function pageDocument<A>(
  type: string,
  path: string,
  query: PageQuery & Readonly<Record<string, unknown>>,
  source: { list(page: Page): Promise<Resource<A>[]>; count(): Promise<number> },
) {
  const page = readPage(query)
  const kept = Object.entries(query)
    .filter(([name]) => name === 'count' || name.startsWith('filter['))
    .sort(([a], [b]) => Number(a === 'count') - Number(b === 'count'))
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((item) => [name, item] as const) : [[name, value] as const]))
  const link = (paging: Record<string, unknown>) => {
    const pairs = [...kept, ...Object.entries(paging)].filter(([, value]) => value !== undefined)
    return `${path}${pairs.length > 0 ? '?' : ''}${pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`
  }
  const meta = query.count === 'false' ? {} : { meta: { count: await source.count() } }
  if (query.count === 'only') return { ...meta, links: { self: link({}) } }

  const { size, isBackward, after, before } = page
  const found = await source.list(page)
  const hasMore = found.length > size
  const items = !hasMore ? found : isBackward ? found.slice(1) : found.slice(0, size)
  const data = items.map((item) => ({
    ...singleDocument(type, path, item).data,
    meta: { page: { cursor: item.id } },
  }))
  return {
    ...meta,
    data,
    links: {
      self: link({ 'page[after]': after, 'page[before]': before, [isBackward ? 'page[last]' : 'page[first]']: size }),
      first: link({ 'page[first]': size }),
      last: link({ 'page[last]': size }),
      ...(hasMore && !isBackward ? { next: link({ 'page[after]': items.at(-1)!.id, 'page[first]': size }) } : {}),
      ...(hasMore && isBackward ? { prev: link({ 'page[before]': items[0]!.id, 'page[last]': size }) } : {}),
    },
  }
}
