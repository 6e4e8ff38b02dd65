import type { Reads } from '@glia/database'
import { eventTypes, isJsonObject, type RoomId, type UserId } from '@glia/protocol'
import { allFor, get } from '../account-data/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { isChildOfSpace } from '../spaces/index.ts'
import { currentStateEvents } from '../timeline/index.ts'
import type { ListedRoom } from './listed-rooms.ts'
import type { ListFilters, ListRequest } from './sliding-request.ts'

/** What filters look at beside the rooms themselves. */
export interface FilterFacts {
  readonly directRooms: ReadonlySet<string>
  readonly tags: ReadonlyMap<RoomId, ReadonlySet<string>>
  /** Space → its children. Only spaces that the user is in. */
  readonly children: ReadonlyMap<string, ReadonlySet<string>>
}

/** Rooms that the user's `m.direct` names. */
export async function findDirectRooms(db: Reads<HomeserverSchema>, userId: UserId): Promise<Set<string>> {
  const direct = await get(db, userId, undefined, 'm.direct')
  return new Set(
    Object.values(direct ?? {}).flatMap((rooms) => (Array.isArray(rooms) ? rooms.filter((room) => typeof room === 'string') : [])),
  )
}

/** Reads what the filters of these lists ask for, and no more. */
export async function loadFilterFacts(
  db: Reads<HomeserverSchema>,
  look: { userId: UserId; now: number },
  lists: Iterable<ListRequest>,
  known: { rooms: readonly ListedRoom[]; directRooms: ReadonlySet<string> },
): Promise<FilterFacts> {
  const filters = [...lists].map((list) => list.filters)
  const wantsTags = filters.some(({ tags, notTags }) => tags !== undefined || notTags !== undefined)
  const spaces = new Set(filters.flatMap((filter) => filter.spaces ?? []))
  const joinedSpaces = known.rooms.filter(({ room }) => room.membership === 'join' && spaces.has(room.roomId))
  const children = new Map<string, Set<string>>()
  for (const { room } of joinedSpaces) {
    const events = await currentStateEvents(db, room.roomId, { types: [eventTypes.spaceChild] })
    children.set(room.roomId, new Set(events.flatMap(({ stateKey, content }) => (isChildOfSpace(content) ? [stateKey ?? ''] : []))))
  }
  return { directRooms: known.directRooms, tags: wantsTags ? await loadTags(db, look) : new Map(), children }
}

export function passesFilters(filters: ListFilters, { room }: ListedRoom, facts: FilterFacts): boolean {
  const { isDm, isEncrypted, isInvite, spaces, roomTypes, notRoomTypes, tags, notTags } = filters
  const type = room.roomType ?? null
  const own = facts.tags.get(room.roomId)
  return (
    (isDm === undefined || facts.directRooms.has(room.roomId) === isDm) &&
    (isEncrypted === undefined || room.isEncrypted === isEncrypted) &&
    (isInvite === undefined || (room.membership === 'invite') === isInvite) &&
    (spaces === undefined || spaces.some((space) => facts.children.get(space)?.has(room.roomId))) &&
    (roomTypes === undefined || roomTypes.includes(type)) &&
    !notRoomTypes?.includes(type) &&
    (tags === undefined || tags.some((tag) => own?.has(tag))) &&
    !notTags?.some((tag) => own?.has(tag))
  )
}

async function loadTags(db: Reads<HomeserverSchema>, look: { userId: UserId; now: number }): Promise<Map<RoomId, Set<string>>> {
  const { rooms } = await allFor(db, look.userId, look.now)
  const tags = rooms.filter(({ type }) => type === 'm.tag')
  return new Map(tags.map(({ roomId, content }) => [roomId, new Set(isJsonObject(content.tags) ? Object.keys(content.tags) : [])]))
}
