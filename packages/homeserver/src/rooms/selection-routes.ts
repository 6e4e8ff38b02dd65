import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { checkTexts, readPage } from '../selection/index.ts'
import { createRoomSelector, roomSelectionOf, type SelectedRoom } from './select-rooms.ts'

export function roomSelectionRoutes({ database, clock }: { database: Database<HomeserverSchema>; clock: Clock }): Route[] {
  const selector = createRoomSelector(() => clock.nowMs())
  return [
    route(contract.glia.rooms.findRooms, async ({ query }) => {
      checkTexts(query)
      const { items, next } = await readPage(selector, database.read, roomSelectionOf(query), query)
      return { rooms: items.map(toWire), ...next }
    }),
  ]
}

function toWire(room: SelectedRoom) {
  return {
    room_id: room.room_id,
    name: room.name,
    canonical_alias: room.canonical_alias,
    type: room.room_type,
    version: room.version,
    creator: room.creator,
    encrypted: room.encryption !== null,
    public: room.published === 1,
    replaced: room.tombstoned === 1,
    blocked: room.is_blocked === 1,
    joined_members: room.joined_members,
    joined_local_members: room.joined_local_members,
    state_events: room.state_events,
    created_at: room.created_at_ms,
    active_at: room.active_hour_ms,
  }
}
