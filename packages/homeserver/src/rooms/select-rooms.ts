import type { contract, QueryOf } from '@glia/contract'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { isOnList } from '../lists/index.ts'
import { Conditions, createSelector } from '../selection/index.ts'
import { nameOrAliasContains } from './room-lists.ts'
import type { RoomTables } from './tables.ts'

/** All that is given must hold. Times are milliseconds since 1970. */
export interface RoomSelection {
  /** Only these. */
  readonly roomIds?: readonly string[] | undefined
  /** As in the admin's list of all rooms. */
  readonly search?: string | undefined
  readonly isEmpty?: boolean | undefined
  readonly hasLocalMembers?: boolean | undefined
  readonly isReplaced?: boolean | undefined
  readonly isEncrypted?: boolean | undefined
  readonly isPublic?: boolean | undefined
  readonly isBlocked?: boolean | undefined
  readonly version?: string | undefined
  /** null: without a type. */
  readonly type?: string | null | undefined
  readonly creator?: string | undefined
  readonly membersMin?: number | undefined
  readonly membersMax?: number | undefined
  readonly stateEventsMin?: number | undefined
  readonly stateEventsMax?: number | undefined
  readonly createdBeforeMs?: number | undefined
  readonly createdAfterMs?: number | undefined
  /** Of the begin of the hour in which the newest event came in. */
  readonly activeBeforeMs?: number | undefined
  readonly activeAfterMs?: number | undefined
}

export interface SelectedRoom extends Selectable<RoomTables['rooms']> {
  readonly is_blocked: 0 | 1
}

/** @param nowMs says which blocks hold */
export function createRoomSelector(nowMs: () => number) {
  return createSelector({
    table: 'rooms',
    id: 'room_id',
    orders: {
      room_id: [sql`room_id`, 'string'],
      name: [sql`coalesce(name, '')`, 'string'],
      members: [sql`joined_members`, 'number'],
      state_events: [sql`state_events`, 'number'],
      created: [sql`created_at_ms`, 'number'],
      active: [sql`active_hour_ms`, 'number'],
    },
    extraColumns: () => sql`CASE WHEN ${isBlocked(nowMs())} THEN 1 ELSE 0 END AS is_blocked`,
    amount: sql`joined_local_members`,
    conditionsOf: (selection: RoomSelection) => conditionsOf(selection, nowMs()),
    toItem: (row: SelectedRoom) => row,
  })
}

function isBlocked(nowMs: number) {
  return isOnList('rooms', sql`rooms.room_id`, nowMs)
}

function conditionsOf(selection: RoomSelection, nowMs: number): RawBuilder<unknown>[] {
  const { search } = selection
  const conditions = new Conditions()
  conditions.among(sql`room_id`, selection.roomIds)
  if (search) conditions.add(nameOrAliasContains(search))
  conditions.whether(selection.isEmpty, sql`joined_members = 0`)
  conditions.whether(selection.hasLocalMembers, sql`joined_local_members > 0`)
  conditions.whether(selection.isReplaced, sql`tombstoned = 1`)
  conditions.whether(selection.isEncrypted, sql`encryption IS NOT NULL`)
  conditions.whether(selection.isPublic, sql`published = 1`)
  conditions.whether(selection.isBlocked, isBlocked(nowMs))
  conditions.equals(sql`version`, selection.version)
  conditions.equals(sql`creator`, selection.creator)
  conditions.equalsOrNone(sql`room_type`, selection.type)
  conditions.within(sql`joined_members`, { atLeast: selection.membersMin, atMost: selection.membersMax })
  conditions.within(sql`state_events`, { atLeast: selection.stateEventsMin, atMost: selection.stateEventsMax })
  conditions.within(sql`created_at_ms`, { above: selection.createdAfterMs, below: selection.createdBeforeMs })
  conditions.within(sql`active_hour_ms`, { above: selection.activeAfterMs, below: selection.activeBeforeMs })
  return conditions.all
}

/** What a request of the contract's `roomSelection` fields asks for. @param ids of rooms, where they are named */
export function roomSelectionOf(wire: WireRoomSelection, ids?: readonly string[]): RoomSelection {
  return {
    roomIds: ids,
    search: wire.search,
    isEmpty: wire.empty,
    hasLocalMembers: wire.local_members,
    isReplaced: wire.replaced,
    isEncrypted: wire.encrypted,
    isPublic: wire.public,
    isBlocked: wire.blocked,
    version: wire.version,
    type: wire.type === 'none' ? null : wire.type,
    creator: wire.creator,
    membersMin: wire.members_min,
    membersMax: wire.members_max,
    stateEventsMin: wire.state_events_min,
    stateEventsMax: wire.state_events_max,
    createdBeforeMs: wire.created_before,
    createdAfterMs: wire.created_after,
    activeBeforeMs: wire.active_before,
    activeAfterMs: wire.active_after,
  }
}

type WireRoomSelection = Omit<QueryOf<typeof contract.glia.rooms.findRooms>, 'order_by' | 'dir' | 'from' | 'limit'>
