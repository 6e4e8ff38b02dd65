import { createHash } from 'node:crypto'
import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { eventTypes, isRoomId, type JsonObject, type RoomId, type UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import { currentStateEvents, type StoredEvent } from '../timeline/index.ts'
import { findKnownRoom, type KnownRoom, knownRooms, type Viewer } from './room-access.ts'
import { type RoomSummary, summaryOf } from './room-summary.ts'

/** A stripped `m.space.child`. Wire names. */
export type ChildEvent = { type: string; state_key: string; sender: UserId; content: JsonObject; origin_server_ts: number }

export type HierarchyEntry = RoomSummary & { children_state: ChildEvent[] }

export interface HierarchyQuery {
  readonly suggestedOnly: boolean
  /** At most 50 are given. */
  readonly limit: number
  /** 0: the space alone. Absent: everything. */
  readonly maxDepth: number | undefined
  /** `nextBatch` of the page before. */
  readonly from: string | undefined
}

const MAX_LIMIT = 50
const ROOMS_AT_ONCE = 50

/**
 * A page of the rooms below a space, depth first, each once; those that the viewer may not know are left out with all below them
 * (Client-Server API, "Querying spaces").
 * @throws MatrixError M_FORBIDDEN: the space itself may not be seen; M_INVALID_PARAM: a `from` of other parameters
 */
export async function readHierarchy(
  reads: Reads<HomeserverSchema>,
  root: string,
  viewer: Viewer,
  query: HierarchyQuery,
): Promise<{ rooms: HierarchyEntry[]; nextBatch: string | undefined }> {
  const skipped = query.from === undefined ? 0 : parseToken(query.from, root, query)
  const space = isRoomId(root) ? await findKnownRoom(reads, root, viewer) : undefined
  if (!space?.isAccessible) throw notVisible(root, viewer)
  const end = skipped + Math.min(query.limit, MAX_LIMIT)
  const rooms: HierarchyEntry[] = []
  let seen = 0
  for await (const entry of walk(reads, space, viewer, query)) {
    if (seen === end) return { rooms, nextBatch: formatToken(end, root, query) }
    if (seen >= skipped) rooms.push(entry)
    seen++
  }
  return { rooms, nextBatch: undefined }
}

function notVisible(root: string, viewer: Viewer): MatrixError {
  if (viewer === 'admin') return new MatrixError('M_NOT_FOUND', 'Room not found')
  return new MatrixError('M_FORBIDDEN', `User ${viewer} not in room ${root}, and room previews are disabled`)
}

/** What is still to be visited at one level, first to last. */
interface Level {
  readonly children: AsyncGenerator<KnownRoom>
  readonly depth: number
}

async function* walk(
  reads: Reads<HomeserverSchema>,
  root: KnownRoom,
  viewer: Viewer,
  { suggestedOnly, maxDepth = Number.POSITIVE_INFINITY }: HierarchyQuery,
): AsyncGenerator<HierarchyEntry> {
  const visited = new Set<string>()
  const levels: Level[] = [{ children: only(root), depth: 0 }]
  while (levels.length > 0) {
    const level = levels.at(-1)!
    const next = await level.children.next()
    if (next.done) {
      levels.pop()
      continue
    }
    const room = next.value
    const { room_id: roomId, room_type: type } = room.row
    if (visited.has(roomId)) continue
    visited.add(roomId)
    const children = type === 'm.space' ? await readChildren(reads, roomId as RoomId, suggestedOnly) : []
    yield { ...summaryOf(room), children_state: children.map(stripChild) }
    if (level.depth >= maxDepth || children.length === 0) continue
    const wanted = children.map(({ stateKey }) => stateKey!).filter((childId) => !visited.has(childId))
    levels.push({ children: accessibleOf(reads, wanted, viewer), depth: level.depth + 1 })
  }
}

async function* only(room: KnownRoom): AsyncGenerator<KnownRoom> {
  yield room
}

async function* accessibleOf(reads: Reads<HomeserverSchema>, roomIds: readonly string[], viewer: Viewer): AsyncGenerator<KnownRoom> {
  for (const chunk of chunksOf(roomIds, ROOMS_AT_ONCE)) {
    const rooms = await knownRooms(reads, chunk, viewer)
    for (const roomId of chunk) {
      const room = rooms.get(roomId)
      if (room?.isAccessible) yield room
    }
  }
}

/** The space's children in their order: by `order` where that is valid, then by age, then by id. */
async function readChildren(reads: Reads<HomeserverSchema>, spaceId: RoomId, suggestedOnly: boolean): Promise<StoredEvent[]> {
  const events = await currentStateEvents(reads, spaceId, { types: [eventTypes.spaceChild] })
  const children = events.filter(({ content }) => isChildOfSpace(content) && (!suggestedOnly || content.suggested === true))
  return children.sort(compareChildren)
}

/** Whether an `m.space.child` names a child; without servers to ask it no longer does (Client-Server API, "m.space.child"). */
export function isChildOfSpace({ via }: JsonObject): boolean {
  return Array.isArray(via) && via.length > 0
}

export function compareChildren(
  a: Pick<StoredEvent, 'content' | 'originServerTs' | 'stateKey'>,
  b: Pick<StoredEvent, 'content' | 'originServerTs' | 'stateKey'>,
): number {
  const [orderA, orderB] = [orderOf(a.content), orderOf(b.content)]
  if (orderA !== orderB) {
    if (orderA === undefined) return 1
    if (orderB === undefined) return -1
    return orderA < orderB ? -1 : 1
  }
  return a.originServerTs - b.originServerTs || (a.stateKey! < b.stateKey! ? -1 : 1)
}

function orderOf({ order }: JsonObject): string | undefined {
  return typeof order === 'string' && /^[\x20-\x7e]{0,50}$/.test(order) ? order : undefined
}

function stripChild({ type, stateKey, sender, content, originServerTs }: StoredEvent): ChildEvent {
  return { type, state_key: stateKey!, sender, content, origin_server_ts: originServerTs }
}

/** A page is known by how many rooms come before it, and by what was asked. No process needs to remember it. */
function formatToken(count: number, root: string, query: HierarchyQuery): string {
  return `${count}_${fingerprint(root, query)}`
}

function parseToken(token: string, root: string, query: HierarchyQuery): number {
  const [, count, print] = /^(\d{1,9})_([A-Za-z0-9_-]+)$/.exec(token) ?? []
  if (print !== fingerprint(root, query)) throw new MatrixError('M_INVALID_PARAM', 'Unknown pagination token')
  return Number(count)
}

function fingerprint(root: string, { suggestedOnly, maxDepth }: HierarchyQuery): string {
  return createHash('sha256')
    .update(JSON.stringify([root, suggestedOnly, maxDepth ?? null]))
    .digest('base64url')
    .slice(0, 16)
}
