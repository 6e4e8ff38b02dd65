import type { RoomId } from '@glia/protocol'
import { findDirectRooms, loadFilterFacts, passesFilters } from './list-filters.ts'
import { findListedRooms, type ListedRoom, roomIdsOf, sortRooms } from './listed-rooms.ts'
import { requiredState } from './required-state.ts'
import type { LookDeps, SlidingLook } from './sliding-look.ts'
import type { RoomConfig } from './sliding-request.ts'

/** A list, on the wire. */
export interface ListAnswer {
  readonly count: number
  readonly ops: { op: string; range: [number, number]; room_ids: RoomId[] }[]
}

/** What the client looks at. */
export interface Windows {
  /** `lists` of the answer. */
  readonly wire: Record<string, ListAnswer>
  /** All rooms that the user has to do with. */
  readonly rooms: ReadonlyMap<RoomId, ListedRoom>
  /** The rooms in sight, with what is wanted of them: by all lists and subscriptions together. */
  readonly configs: ReadonlyMap<RoomId, RoomConfig>
  /** List → its rooms in sight. */
  readonly roomsOfLists: ReadonlyMap<string, readonly RoomId[]>
  readonly directRooms: ReadonlySet<string>
}

/** Filters and sorts the user's rooms and cuts out what the client looks at. */
export async function findWindows(deps: LookDeps, look: SlidingLook): Promise<Windows> {
  const db = deps.database.read
  const listed = sortRooms(await findListedRooms(deps, look))
  const rooms = new Map(listed.map((entry) => [entry.room.roomId, entry]))
  const directRooms = await findDirectRooms(db, look.userId)
  const facts = await loadFilterFacts(db, look, look.lists.values(), { rooms: listed, directRooms })
  const wire: Record<string, ListAnswer> = {}
  const configs = new Map<RoomId, RoomConfig>()
  const roomsOfLists = new Map<string, readonly RoomId[]>()
  for (const [name, list] of look.lists) {
    const roomIds = roomIdsOf(listed.filter((entry) => passesFilters(list.filters, entry, facts)))
    const ops = list.ranges.map(([first, last]) => {
      const range: [number, number] = [first, last]
      return { op: 'SYNC', range, room_ids: roomIds.slice(first, last + 1) }
    })
    wire[name] = { count: roomIds.length, ops }
    const inSight = [...new Set(ops.flatMap(({ room_ids }) => room_ids))]
    roomsOfLists.set(name, inSight)
    for (const roomId of inSight) addConfig(configs, roomId, list)
  }
  for (const [roomId, config] of look.subscriptions) if (rooms.has(roomId)) addConfig(configs, roomId, config)
  return { wire, rooms, configs, roomsOfLists, directRooms }
}

function addConfig(configs: Map<RoomId, RoomConfig>, roomId: RoomId, config: RoomConfig): void {
  const known = configs.get(roomId)
  configs.set(roomId, {
    timelineLimit: Math.max(config.timelineLimit, known?.timelineLimit ?? 0),
    requiredState: known ? requiredState([...known.requiredState, ...config.requiredState]) : config.requiredState,
  })
}
