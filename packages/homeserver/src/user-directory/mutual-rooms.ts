import type { Reads } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

export interface MutualRooms {
  /** By id. */
  roomIds: RoomId[]
  /** Of all pages. */
  count: number
  hasMore: boolean
}

/** The rooms that both users have joined. @param after the last room of the page before */
export async function findMutualRooms(
  db: Reads<HomeserverSchema>,
  users: readonly [UserId, UserId],
  { after, limit }: { after: string; limit: number },
): Promise<MutualRooms> {
  const mutual = db
    .selectFrom('memberships as own')
    .innerJoin('memberships as other', 'other.room_id', 'own.room_id')
    .where('own.user_id', '=', users[0])
    .where('own.membership', '=', 'join')
    .where('other.user_id', '=', users[1])
    .where('other.membership', '=', 'join')
  const rows = await mutual
    .select('own.room_id')
    .where('own.room_id', '>', after)
    .orderBy('own.room_id')
    .limit(limit + 1)
    .execute()
  const { count } = await mutual.select((of) => of.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return {
    roomIds: rows.slice(0, limit).map(({ room_id }) => room_id as RoomId),
    count: Number(count),
    hasMore: rows.length > limit,
  }
}
