import { MatrixError } from '@glia/contract'
import {
  type EventFilter,
  InvalidFilterError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseEventFilter,
  showJson,
} from '@glia/protocol'
import type { HitKey, SearchOrder } from './find-hits.ts'
import { SEARCHED_TYPES, wordsOf } from './words.ts'

export type Grouping = 'room_id' | 'sender'

/** What `POST /search` asks for. */
export interface SearchRequest {
  readonly words: readonly string[]
  readonly types: readonly string[]
  readonly filter: EventFilter
  readonly order: SearchOrder
  readonly limit: number
  readonly after: HitKey | undefined
  /** How many hits were counted on the pages before. */
  readonly counted: number
  readonly includeState: boolean
  readonly context: { readonly before: number; readonly after: number; readonly includeProfile: boolean } | undefined
  readonly groupings: readonly Grouping[]
}

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 100
const DEFAULT_CONTEXT = 5
const MAX_CONTEXT = 20
/** More words do not narrow a search any more. */
const MAX_SEARCHED_WORDS = 12

/** Codes and texts are Synapse's; what Synapse fails over with a 500 is M_BAD_JSON. @throws MatrixError */
export function readSearch(categories: unknown, nextBatch: string | undefined): SearchRequest {
  const criteria = isJsonObject(categories as JsonValue) ? (categories as JsonObject).room_events : undefined
  if (!isJsonObject(criteria) || criteria.search_term === undefined) throw new MatrixError('M_UNKNOWN', 'Invalid search query')
  if (typeof criteria.search_term !== 'string') throw new MatrixError('M_BAD_JSON', 'search_term must be a string')
  const filter = readFilter(criteria.filter)
  const order = readOrder(criteria.order_by)
  const page = nextBatch === undefined ? undefined : parseNextBatch(nextBatch, order)
  return {
    words: [...new Set(wordsOf(criteria.search_term))].slice(0, MAX_SEARCHED_WORDS),
    types: readTypes(criteria.keys),
    filter,
    order,
    limit: Math.min(filter.limit ?? DEFAULT_LIMIT, MAX_LIMIT),
    after: page?.after,
    counted: page?.counted ?? 0,
    includeState: criteria.include_state === true,
    context: readContextRequest(criteria.event_context),
    groupings: readGroupings(criteria.groupings),
  }
}

function readFilter(filter: JsonValue | undefined): EventFilter {
  try {
    return parseEventFilter(filter ?? {})
  } catch (error) {
    if (error instanceof InvalidFilterError) throw new MatrixError('M_INVALID_PARAM', error.message)
    throw error
  }
}

function readOrder(order: JsonValue | undefined): SearchOrder {
  if (order === undefined) return 'rank'
  if (order === 'rank' || order === 'recent') return order
  throw new MatrixError('M_UNKNOWN', `Invalid order by: '${showJson(order)}'`)
}

function readTypes(keys: JsonValue | undefined): string[] {
  if (keys === undefined) return Object.values(SEARCHED_TYPES)
  if (!Array.isArray(keys)) throw new MatrixError('M_BAD_JSON', 'keys must be a list')
  return [...new Set(keys)].flatMap((key) => (typeof key === 'string' && Object.hasOwn(SEARCHED_TYPES, key) ? [SEARCHED_TYPES[key]!] : []))
}

function readContextRequest(context: JsonValue | undefined): SearchRequest['context'] {
  if (!isJsonObject(context)) return undefined
  const limit = (value: JsonValue | undefined) =>
    typeof value === 'number' && value >= 0 ? Math.min(Math.floor(value), MAX_CONTEXT) : DEFAULT_CONTEXT
  return { before: limit(context.before_limit), after: limit(context.after_limit), includeProfile: context.include_profile === true }
}

function readGroupings(groupings: JsonValue | undefined): Grouping[] {
  const groupBy = isJsonObject(groupings) ? groupings.group_by : undefined
  if (!Array.isArray(groupBy)) return []
  const keys = new Set(groupBy.map((entry) => (isJsonObject(entry) ? entry.key : undefined)))
  const unknown = [...keys].filter((key) => key !== 'room_id' && key !== 'sender')
  if (unknown.length > 0)
    throw new MatrixError('M_UNKNOWN', `Invalid group by keys: {${unknown.map((key) => `'${showJson(key)}'`).join(', ')}}`)
  return [...keys] as Grouping[]
}

export function formatNextBatch(order: SearchOrder, counted: number, { uses, position }: HitKey): string {
  return `${order}_${counted}_${uses}_${position}`
}

function parseNextBatch(token: string, order: SearchOrder): { after: HitKey; counted: number } {
  const [, ordered, counted, uses, position] = /^(rank|recent)_(\d{1,15})_(\d{1,15})_(\d{1,15})$/.exec(token) ?? []
  if (ordered !== order) throw new MatrixError('M_UNKNOWN', 'Invalid batch')
  return { after: { uses: Number(uses), position: Number(position) }, counted: Number(counted) }
}
