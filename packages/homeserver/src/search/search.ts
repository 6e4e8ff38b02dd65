import type { Reads } from '@glia/database'
import type { ClientEvent, EventId, Membership, RoomId, UserId } from '@glia/protocol'
import {
  endOfStay,
  type HistoryDeps,
  type HistoryReader,
  ignoredUsersOf,
  matchesStoredEvent,
  membersAt,
  openRoom,
  type Reading,
  readAround,
  readState,
  toClientEvents,
  viewOf,
  visibleEvents,
} from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { StoredEvent } from '../timeline/index.ts'
import { findHits, type Hit } from './find-hits.ts'
import { formatNextBatch, type Grouping, type SearchRequest } from './read-search.ts'
import { hasWords } from './words.ts'

export interface SearchResult {
  /** Above 0 and below 1. */
  readonly rank: number
  readonly event: ClientEvent
  readonly context: ResultContext | undefined
}

export interface ResultContext {
  /** Newest first. */
  readonly eventsBefore: ClientEvent[]
  /** Oldest first. */
  readonly eventsAfter: ClientEvent[]
  readonly start: string
  readonly end: string
  /** By user id, as they showed themselves at the time. */
  readonly profiles: Readonly<Record<string, { displayname: string | null; avatar_url: string | null }>> | undefined
}

export interface SearchPage {
  /** How many results there are; at least, when there are many. */
  readonly count: number
  readonly results: SearchResult[]
  readonly nextBatch: string | undefined
  /** The state of each room on the page, by room id. */
  readonly state: Readonly<Record<string, ClientEvent[]>> | undefined
  /** By what is grouped by, then by its value. */
  readonly groups: Readonly<Partial<Record<Grouping, Readonly<Record<string, { results: EventId[]; order: number }>>>>> | undefined
}

/** Hits that are checked for visibility for one page: what is shown, and what is counted. */
const MAX_CHECKED = 500

/** Finds messages, names and topics in the rooms that the user is in or was in, of those events that the user may see. */
export async function searchEvents(deps: HistoryDeps, reader: HistoryReader, request: SearchRequest): Promise<SearchPage> {
  const reads = deps.database.read
  const hits = await findHits(reads, { ...request, userId: reader.userId, limit: MAX_CHECKED })
  const visible = await keepVisibleHits(deps, reader, request, hits)
  const shown = visible.hits.slice(0, request.limit)
  const hasMore = visible.hits.length > shown.length || hits.length === MAX_CHECKED
  const last = visible.hits.length > shown.length ? shown.at(-1) : hits.at(-1)
  const open = roomOpener(deps, reader)
  return {
    count: request.counted + visible.hits.length,
    results: await writeResults(deps, open, request, shown, visible.memberships),
    // who asks for no results is not led from page to page
    nextBatch: hasMore && last && request.limit > 0 ? formatNextBatch(request.order, request.counted + shown.length, last) : undefined,
    state: request.includeState ? await readStates(deps, reader, shown) : undefined,
    groups: groupsOf(request.groupings, shown),
  }
}

/** Room id → the member row of the user. */
async function readOwnRows(
  reads: Reads<HomeserverSchema>,
  userId: UserId,
  roomIds: readonly RoomId[],
): Promise<Map<string, { membership: string; event_id: string }>> {
  if (roomIds.length === 0) return new Map()
  const rows = await reads
    .selectFrom('memberships')
    .select(['room_id', 'membership', 'event_id'])
    .where('user_id', '=', userId)
    .where('room_id', 'in', roomIds)
    .execute()
  return new Map(rows.map((row) => [row.room_id, row]))
}

async function keepVisibleHits(
  deps: HistoryDeps,
  reader: HistoryReader,
  { words, filter }: SearchRequest,
  hits: readonly Hit[],
): Promise<{ hits: Hit[]; memberships: ReadonlyMap<EventId, Membership> }> {
  const reads = deps.database.read
  const joinedUntil = new Map<string, number>()
  const roomIds = [...new Set(hits.map(({ event }) => event.roomId))]
  for (const [roomId, row] of await readOwnRows(reads, reader.userId, roomIds)) {
    const until = row.membership === 'join' ? Number.POSITIVE_INFINITY : (await endOfStay(reads, row))?.position
    if (until !== undefined) joinedUntil.set(roomId, until)
  }
  const candidates = hits.filter(
    ({ event }) => event.position <= (joinedUntil.get(event.roomId) ?? -1) && matchesStoredEvent(filter, event),
  )
  const ignoredUsers = await ignoredUsersOf(reads, reader.userId)
  const visible = await visibleEvents(
    reads,
    deps.views,
    candidates.map(({ event }) => event),
    { userId: reader.userId, ignoredUsers },
    (roomId) => joinedUntil.get(roomId),
  )
  const events = new Map(visible.events.map((event) => [event.eventId, event]))
  const kept = candidates.flatMap((hit): Hit[] => {
    const event = events.get(hit.event.eventId)
    // an erased user's event is shown to some without its text: then it is no hit
    return event && hasWords(event, words) ? [{ ...hit, event }] : []
  })
  return { hits: kept, memberships: visible.memberships }
}

type OpenRoom = (roomId: RoomId) => Promise<Reading>

/** Looks once at what the reader may read in a room. */
function roomOpener(deps: HistoryDeps, reader: HistoryReader): OpenRoom {
  const opened = new Map<RoomId, Promise<Reading>>()
  return (roomId) => {
    const known = opened.get(roomId) ?? openRoom(deps, roomId, reader)
    opened.set(roomId, known)
    return known
  }
}

async function writeResults(
  deps: HistoryDeps,
  open: OpenRoom,
  request: SearchRequest,
  hits: readonly Hit[],
  memberships: ReadonlyMap<EventId, Membership>,
): Promise<SearchResult[]> {
  const results: SearchResult[] = []
  for (const { event, uses } of hits) {
    const reading = await open(event.roomId)
    const [written] = await toClientEvents(deps.database.read, [event], viewOf(deps, reading, memberships))
    const context = request.context && (await readResultContext(deps, reading, event, request.context))
    results.push({ rank: uses / (uses + 1), event: written!, context })
  }
  return results
}

async function readResultContext(
  deps: HistoryDeps,
  reading: Reading,
  event: StoredEvent,
  wanted: NonNullable<SearchRequest['context']>,
): Promise<ResultContext> {
  const filter = { lazyLoadMembers: false, includeRedundantMembers: false, unreadThreadNotifications: false }
  const around = await readAround(deps, reading, event, { before: wanted.before, after: wanted.after, filter })
  const { before, after } = around
  const written = await toClientEvents(deps.database.read, [...before, ...after], viewOf(deps, reading, around.memberships))
  const senders = [event, ...before, ...after].map(({ sender }) => sender)
  return {
    eventsBefore: written.slice(0, before.length),
    eventsAfter: written.slice(before.length),
    start: around.start,
    end: around.end,
    profiles: wanted.includeProfile ? profilesOf(await membersAt(deps, after.at(-1) ?? event, senders)) : undefined,
  }
}

function profilesOf(members: readonly StoredEvent[]): ResultContext['profiles'] {
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return Object.fromEntries(
    members.map(({ stateKey, content }) => [stateKey, { displayname: text(content.displayname), avatar_url: text(content.avatar_url) }]),
  )
}

async function readStates(deps: HistoryDeps, reader: HistoryReader, hits: readonly Hit[]): Promise<Record<string, ClientEvent[]>> {
  const states: Record<string, ClientEvent[]> = {}
  for (const { event } of hits) states[event.roomId] ??= await readState(deps, reader, event.roomId)
  return states
}

function groupsOf(groupings: readonly Grouping[], hits: readonly Hit[]): SearchPage['groups'] {
  if (groupings.length === 0) return undefined
  return Object.fromEntries(
    groupings.map((grouping) => {
      const groups: Record<string, { results: EventId[]; order: number }> = {}
      for (const { event } of hits) {
        const value = grouping === 'room_id' ? event.roomId : event.sender
        groups[value] ??= { results: [], order: Object.keys(groups).length + 1 }
        groups[value].results.push(event.eventId)
      }
      return [grouping, groups]
    }),
  )
}
