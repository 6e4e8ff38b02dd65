import type { Reads } from '@glia/database'
import { eventTypes, type RoomId, type UserId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import { chunksOf } from '../chunks.ts'
import { allowedRooms } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { storedEventOf } from '../timeline/index.ts'

export type RoomRow = Selectable<HomeserverSchema['rooms']>

/** For whom rooms are described. `everybody`: no account; `admin`: sees all. */
export type Viewer = UserId | 'everybody' | 'admin'

/** A room that somebody of this server is in, as it is told to a viewer. */
export interface KnownRoom {
  readonly row: RoomRow
  /** Of the viewer; undefined: never in the room, or no user. */
  readonly membership: string | undefined
  /** Rooms whose members may join. */
  readonly allowedRoomIds: readonly string[]
  /** The viewer may know what the room is. */
  readonly isAccessible: boolean
}

const OPEN_RULES = ['public', 'knock', 'knock_restricted']
const RESTRICTED_RULES = ['restricted', 'knock_restricted']

/**
 * Those of the rooms that this server is in. A room is accessible to its members and those invited, and to all where it can be joined,
 * knocked at or read from outside, or by membership of another room (Client-Server API, "Querying spaces").
 */
export async function knownRooms(
  reads: Reads<HomeserverSchema>,
  roomIds: readonly string[],
  viewer: Viewer,
): Promise<Map<string, KnownRoom>> {
  const rows: RoomRow[] = []
  for (const chunk of chunksOf(roomIds.filter((roomId) => !roomId.includes('\0')))) {
    rows.push(
      ...(await reads.selectFrom('rooms').selectAll().where('room_id', 'in', chunk).where('joined_local_members', '>', 0).execute()),
    )
  }
  const allowed = await readAllowedRooms(
    reads,
    rows.filter(({ join_rules }) => RESTRICTED_RULES.includes(join_rules ?? '')).map(({ room_id }) => room_id),
  )
  const memberships = await readMemberships(reads, [...rows.map(({ room_id }) => room_id), ...[...allowed.values()].flat()], viewer)
  return new Map(
    rows.map((row) => {
      const membership = memberships.get(row.room_id)
      const allowedRoomIds = allowed.get(row.room_id) ?? []
      const isAccessible =
        viewer === 'admin' ||
        OPEN_RULES.includes(row.join_rules ?? '') ||
        row.history_visibility === 'world_readable' ||
        membership === 'join' ||
        membership === 'invite' ||
        allowedRoomIds.some((roomId) => memberships.get(roomId) === 'join')
      return [row.room_id, { row, membership, allowedRoomIds, isAccessible }]
    }),
  )
}

export async function findKnownRoom(reads: Reads<HomeserverSchema>, roomId: RoomId, viewer: Viewer): Promise<KnownRoom | undefined> {
  return (await knownRooms(reads, [roomId], viewer)).get(roomId)
}

async function readAllowedRooms(reads: Reads<HomeserverSchema>, roomIds: readonly string[]): Promise<Map<string, string[]>> {
  const allowed = new Map<string, string[]>()
  for (const chunk of chunksOf(roomIds)) {
    const rows = await reads
      .selectFrom('current_state')
      .innerJoin('events', 'events.event_id', 'current_state.event_id')
      .selectAll('events')
      .where('current_state.room_id', 'in', chunk)
      .where('current_state.type', '=', eventTypes.joinRules)
      .where('current_state.state_key', '=', '')
      .execute()
    for (const row of rows) allowed.set(row.room_id, allowedRooms(storedEventOf(row).content))
  }
  return allowed
}

async function readMemberships(reads: Reads<HomeserverSchema>, roomIds: readonly string[], viewer: Viewer): Promise<Map<string, string>> {
  const memberships = new Map<string, string>()
  if (viewer === 'everybody' || viewer === 'admin') return memberships
  for (const chunk of chunksOf([...new Set(roomIds)])) {
    const rows = await reads
      .selectFrom('memberships')
      .select(['room_id', 'membership'])
      .where('user_id', '=', viewer)
      .where('room_id', 'in', chunk)
      .execute()
    for (const row of rows) memberships.set(row.room_id, row.membership)
  }
  return memberships
}
