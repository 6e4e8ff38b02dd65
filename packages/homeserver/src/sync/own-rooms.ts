import type { Reads } from '@glia/database'
import { type EventId, eventTypes, type Membership, membershipOf, type RoomId, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents, type StoredEvent } from '../timeline/index.ts'

/** One of the user's rooms as it is at the position that is told. */
export interface OwnRoom {
  readonly roomId: RoomId
  readonly membership: Membership
  /** The user's member event. */
  readonly memberEventId: EventId
  /** Who sent it: tells leaving from being removed. */
  readonly memberSender: string
  /** Its position. */
  readonly memberPosition: number
  readonly displayName: string | undefined
  /** The same event, where it is newer than the client's token. */
  readonly memberEvent: StoredEvent | undefined
  /** The membership when the client synced last, and each one since: more than one where it changed. Empty on an initial sync. */
  readonly history: readonly Membership[]
  readonly lastPosition: number
  readonly version: string
  readonly name: string | undefined
  readonly canonicalAlias: string | undefined
  readonly avatarUrl: string | undefined
  readonly roomType: string | undefined
  readonly isEncrypted: boolean
  readonly joinedMembers: number
  readonly invitedMembers: number
}

/** Up to this many rooms in one statement. */
const ROOMS_AT_ONCE = 100

/**
 * The rooms that the user is in, invited to or knocking at, and those left since the token (on an initial sync: all left ones when
 * `includeLeft`). Forgotten rooms are not among them.
 * @param range.among only these rooms
 */
export async function findOwnRooms(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  range: { since: number | undefined; now: number; includeLeft: boolean; among?: readonly RoomId[] | undefined },
): Promise<OwnRoom[]> {
  const { since, now, includeLeft, among } = range
  const leftAfter = includeLeft ? -1 : (since ?? now)
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('rooms', 'rooms.room_id', 'memberships.room_id')
    .select([
      'memberships.room_id',
      'memberships.membership',
      'memberships.event_id',
      'memberships.sender',
      'memberships.position',
      'memberships.forgotten',
      'memberships.display_name',
      'rooms.last_position',
      'rooms.version',
      'rooms.name',
      'rooms.canonical_alias',
      'rooms.avatar_url',
      'rooms.room_type',
      'rooms.encryption',
      'rooms.joined_members',
      'rooms.invited_members',
    ])
    .where('memberships.user_id', '=', userId)
    .where((eb) => eb.or([eb('memberships.membership', 'in', ['join', 'invite', 'knock']), eb('memberships.position', '>', leftAfter)]))
    .$if(among !== undefined, (query) => query.where('memberships.room_id', 'in', among!))
    .execute()
  const changedAfter = since ?? now
  const moved = rows.filter(({ position }) => position > changedAfter)
  const changes = await ownChanges(
    db,
    userId,
    moved.map(({ room_id }) => room_id),
    changedAfter,
  )
  return rows.flatMap((row): OwnRoom[] => {
    const room = {
      roomId: row.room_id as RoomId,
      displayName: row.display_name ?? undefined,
      lastPosition: row.last_position,
      version: row.version,
      // an empty name or alias counts as none
      name: row.name || undefined,
      canonicalAlias: row.canonical_alias || undefined,
      avatarUrl: row.avatar_url || undefined,
      roomType: row.room_type ?? undefined,
      isEncrypted: row.encryption !== null,
      joinedMembers: row.joined_members,
      invitedMembers: row.invited_members,
    }
    if (row.forgotten === 1) return []
    if (row.position <= changedAfter) {
      const membership = row.membership as Membership
      const member = { memberEventId: row.event_id as EventId, memberSender: row.sender, memberPosition: row.position }
      return [{ ...room, ...member, membership, memberEvent: undefined, history: [membership] }]
    }
    const own = changes.get(row.room_id) ?? []
    const told = own.filter(({ position }) => position <= now)
    const memberEvent = told.at(-1)?.event ?? own[0]?.previous
    if (!memberEvent) return []
    const membership = membershipOf(memberEvent)
    const history = [membershipOf(own[0]?.previous), ...told.map(({ event }) => membershipOf(event))]
    if (since === undefined && !includeLeft && (membership === 'leave' || membership === 'ban')) return []
    const member = { memberEventId: memberEvent.eventId, memberSender: memberEvent.sender, memberPosition: memberEvent.position }
    return [{ ...room, ...member, membership, memberEvent, history }]
  })
}

interface OwnChange {
  readonly position: number
  readonly event: StoredEvent | undefined
  readonly previous: StoredEvent | undefined
}

/** Changes of the user's membership after a position, oldest first, with the events. */
async function ownChanges(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  roomIds: readonly string[],
  after: number,
): Promise<Map<string, OwnChange[]>> {
  const rows = []
  for (let from = 0; from < roomIds.length; from += ROOMS_AT_ONCE) {
    rows.push(
      ...(await db
        .selectFrom('state_changes')
        .select(['room_id', 'position', 'event_id', 'previous_event_id'])
        .where('room_id', 'in', roomIds.slice(from, from + ROOMS_AT_ONCE))
        .where('position', '>', after)
        .where('type', '=', eventTypes.member)
        .where('state_key', '=', userId)
        .orderBy('position')
        .execute()),
    )
  }
  const events = await findEvents(
    db,
    rows.flatMap(({ event_id, previous_event_id }) => [event_id, previous_event_id]).filter((id) => id !== null),
  )
  const changes = new Map<string, OwnChange[]>()
  for (const row of rows) {
    const list = changes.get(row.room_id) ?? []
    changes.set(row.room_id, list)
    list.push({
      position: row.position,
      event: events.get(row.event_id as EventId),
      previous: events.get(row.previous_event_id as EventId),
    })
  }
  return changes
}
