import type { Reads } from '@glia/database'
import type { JsonObject, RoomId, UserId } from '@glia/protocol'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { OwnRoom } from './own-rooms.ts'

/** A member by whom a room without a name can be told. */
export interface Hero {
  readonly userId: string
  readonly displayName: string | undefined
  readonly avatarUrl: string | undefined
}

export interface RoomSummary {
  /** undefined: the room has a name. */
  readonly heroes: readonly Hero[] | undefined
  readonly joined: number
  readonly invited: number
}

const MAX_HEROES = 5
const ROOMS_AT_ONCE = 200

/**
 * Counts of members, and up to five heroes of the rooms that have neither name nor canonical alias: members joined or invited, the oldest
 * first; where there are none, those who left.
 */
export async function loadSummaries(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  rooms: readonly OwnRoom[],
): Promise<Map<RoomId, RoomSummary>> {
  const nameless = rooms
    .filter(({ name, canonicalAlias }) => name === undefined && canonicalAlias === undefined)
    .map(({ roomId }) => roomId)
  const heroes = await loadHeroes(db, userId, nameless, ['join', 'invite'])
  const lonely = nameless.filter((roomId) => !heroes.has(roomId))
  for (const [roomId, list] of await loadHeroes(db, userId, lonely, ['leave', 'ban'])) heroes.set(roomId, list)
  return new Map(
    rooms.map(({ roomId, name, canonicalAlias, joinedMembers, invitedMembers }) => [
      roomId,
      {
        heroes: name === undefined && canonicalAlias === undefined ? (heroes.get(roomId) ?? []) : undefined,
        joined: joinedMembers,
        invited: invitedMembers,
      },
    ]),
  )
}

async function loadHeroes(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  roomIds: readonly RoomId[],
  memberships: readonly string[],
): Promise<Map<RoomId, Hero[]>> {
  const heroes = new Map<RoomId, Hero[]>()
  for (let from = 0; from < roomIds.length; from += ROOMS_AT_ONCE) {
    const rows = await db
      .selectFrom((eb) =>
        eb
          .selectFrom('memberships')
          .select([
            'room_id',
            'user_id',
            'display_name',
            'avatar_url',
            sql<number>`row_number() OVER (PARTITION BY room_id ORDER BY position)`.as('rank'),
          ])
          .where('room_id', 'in', roomIds.slice(from, from + ROOMS_AT_ONCE))
          .where('membership', 'in', memberships)
          .where('user_id', '!=', userId)
          .as('ranked'),
      )
      .select(['room_id', 'user_id', 'display_name', 'avatar_url'])
      .where('rank', '<=', MAX_HEROES)
      .orderBy('rank')
      .execute()
    for (const { room_id, user_id, display_name, avatar_url } of rows) {
      const list = heroes.get(room_id as RoomId) ?? []
      heroes.set(room_id as RoomId, list)
      list.push({ userId: user_id, displayName: display_name ?? undefined, avatarUrl: avatar_url ?? undefined })
    }
  }
  return heroes
}

/** `summary` of a room on the wire. */
export function summaryToWire({ heroes, joined, invited }: RoomSummary): JsonObject {
  return {
    ...(heroes === undefined ? {} : { 'm.heroes': heroes.map(({ userId }) => userId).sort() }),
    'm.joined_member_count': joined,
    'm.invited_member_count': invited,
  }
}
