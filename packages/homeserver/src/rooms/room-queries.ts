import type { Reads } from '@glia/database'
import { eventTypes, type RoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { currentStateEvents, type StoredEvent } from '../timeline/index.ts'
import type { RoomRow } from './room-lists.ts'

export interface RoomDetails {
  readonly row: RoomRow
  /** Devices of joined local users. */
  readonly joinedLocalDevices: number
  /** No local user has the room among theirs: never was there, or left and forgot it. */
  readonly isForgotten: boolean
  readonly replacementRoom: string | null
}

export async function findRoom(reads: Reads<HomeserverSchema>, roomId: string): Promise<RoomRow | undefined> {
  return reads.selectFrom('rooms').selectAll().where('room_id', '=', roomId).executeTakeFirst()
}

export async function findRoomDetails(reads: Reads<HomeserverSchema>, roomId: string): Promise<RoomDetails | undefined> {
  const row = await findRoom(reads, roomId)
  if (!row) return undefined
  const devices = await reads
    .selectFrom('memberships')
    .innerJoin('devices', 'devices.user_id', 'memberships.user_id')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('memberships.room_id', '=', roomId)
    .where('memberships.membership', '=', 'join')
    .where('memberships.is_local', '=', 1)
    .executeTakeFirstOrThrow()
  const remembering = await reads
    .selectFrom('memberships')
    .select('user_id')
    .where('room_id', '=', roomId)
    .where('is_local', '=', 1)
    .where('forgotten', '=', 0)
    .limit(1)
    .executeTakeFirst()
  const [tombstone] = row.tombstoned ? await currentStateEvents(reads, roomId as RoomId, { tuples: [[eventTypes.tombstone, '']] }) : []
  const replacement = tombstone?.content.replacement_room
  return {
    row,
    joinedLocalDevices: devices.count,
    isForgotten: remembering === undefined,
    replacementRoom: typeof replacement === 'string' ? replacement : null,
  }
}

/** User ids of those who are joined, in ascending order. */
export async function listJoinedMembers(reads: Reads<HomeserverSchema>, roomId: string): Promise<string[]> {
  const rows = await reads
    .selectFrom('memberships')
    .select('user_id')
    .where('room_id', '=', roomId)
    .where('membership', '=', 'join')
    .orderBy('user_id')
    .execute()
  return rows.map(({ user_id }) => user_id)
}

/** The current state; with `type`, only its events of that type. */
export function listState(reads: Reads<HomeserverSchema>, roomId: RoomId, type: string | undefined): Promise<StoredEvent[]> {
  return currentStateEvents(reads, roomId, type === undefined ? undefined : { types: [type] })
}
