import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { isRoomId, type RoomId } from '@glia/protocol'
import { resolveRoomId } from '../directory/index.ts'
import { toClientEvents, withOldKeys } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Timeline } from '../timeline/index.ts'
import { blockRoom, findRoomBlocker, unblockRoom } from './block-room.ts'
import { deleteForwardExtremities, listForwardExtremities } from './forward-extremities.ts'
import { RoomList, type RoomRow } from './room-lists.ts'
import { findRoom, findRoomDetails, listJoinedMembers, listState } from './room-queries.ts'

export interface RoomAdminRoutesDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly clock: Clock
}

/** Synapse Admin API, "Rooms API": looking at rooms and blocking them. Deleting is in `deletion-routes.ts`. */
export function roomAdminRoutes({ database, timeline, clock }: RoomAdminRoutesDeps): Route[] {
  const { rooms, roomHistory } = contract.admin
  const list = new RoomList(database, () => clock.nowMs())

  return [
    route(rooms.listRooms, async ({ query }) => {
      const { from, limit, search_term: searchTerm } = query
      if (searchTerm === '') throw new MatrixError('M_INVALID_PARAM', 'search_term cannot be an empty string')
      const page = await list.read({
        from,
        limit,
        orderBy: query.order_by,
        reversed: query.dir === 'b',
        searchTerm,
        isPublic: query.public_rooms,
        isEmpty: query.empty_rooms,
      })
      return {
        rooms: page.rooms.map(toWire),
        offset: from,
        total_rooms: page.total,
        ...(from + limit < page.total ? { next_batch: from + limit } : {}),
        ...(from > 0 ? { prev_batch: Math.max(0, from - limit) } : {}),
      }
    }),
    route(rooms.getRoom, async ({ params }) => {
      const details = await findRoomDetails(database.read, params.room_id)
      if (!details) throw roomNotFound()
      return {
        ...toWire(details.row),
        topic: details.row.topic,
        avatar: details.row.avatar_url,
        joined_local_devices: details.joinedLocalDevices,
        forgotten: details.isForgotten,
        tombstoned: details.row.tombstoned === 1,
        replacement_room: details.replacementRoom,
      }
    }),
    route(rooms.listRoomMembers, async ({ params }) => {
      if (!(await findRoom(database.read, params.room_id))) throw roomNotFound()
      const members = await listJoinedMembers(database.read, params.room_id)
      return { members, total: members.length }
    }),
    route(rooms.getRoomState, async ({ params, query, requester }) => {
      if (!(await findRoom(database.read, params.room_id))) throw roomNotFound()
      const events = await listState(database.read, params.room_id as RoomId, query.type || undefined)
      const state = await toClientEvents(database.read, events, {
        userId: requester.userId,
        sessionId: undefined,
        ignoredUsers: new Set(),
        nowMs: clock.nowMs(),
        place: 'elsewhere',
        bundles: false,
      })
      return { state: state.map(withOldKeys) }
    }),
    route(rooms.getRoomBlock, async ({ params }) => {
      const blocker = await findRoomBlocker(database.read, legalRoomId(params.room_id), clock.nowMs())
      return blocker === undefined ? { block: false } : { block: true, user_id: blocker }
    }),
    route(rooms.setRoomBlock, async ({ params, body, requester }) => {
      const roomId = legalRoomId(params.room_id)
      const nowMs = clock.nowMs()
      await database.transaction((tx) => (body.block ? blockRoom(tx, roomId, requester.userId, nowMs) : unblockRoom(tx, roomId, nowMs)))
      return { block: body.block }
    }),
    route(roomHistory.listForwardExtremities, async ({ params }) => {
      const found = await listForwardExtremities(database.read, await resolveRoomId(database.read, params.room_identifier))
      const results = found.map(({ eventId, stateGroup, depth, receivedAtMs }) => {
        return { event_id: eventId, state_group: stateGroup, depth, received_ts: receivedAtMs }
      })
      return { count: results.length, results }
    }),
    route(roomHistory.deleteForwardExtremities, async ({ params }) => {
      const roomId = await resolveRoomId(database.read, params.room_identifier)
      return { deleted: await timeline.transaction(roomId, (tx) => deleteForwardExtremities(tx, roomId)) }
    }),
  ]
}

function toWire(row: RoomRow) {
  return {
    room_id: row.room_id,
    name: row.name,
    canonical_alias: row.canonical_alias,
    joined_members: row.joined_members,
    joined_local_members: row.joined_local_members,
    version: row.version,
    creator: row.creator,
    encryption: row.encryption,
    federatable: row.federatable === 1,
    public: row.published === 1,
    join_rules: row.join_rules,
    guest_access: row.guest_access,
    history_visibility: row.history_visibility,
    state_events: row.state_events,
    room_type: row.room_type,
  }
}

/** @throws MatrixError M_UNKNOWN */
export function legalRoomId(text: string): RoomId {
  if (!isRoomId(text)) throw new MatrixError('M_UNKNOWN', `${text} is not a legal room ID`)
  return text
}

function roomNotFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'Room not found')
}
