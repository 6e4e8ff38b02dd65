import type { Reads } from '@glia/database'
import type { TimelineTables } from '../timeline/tables.ts'

/** Ids of the rooms that the user is in now, also for users of other servers. */
export async function listJoinedRooms(reads: Reads<TimelineTables>, userId: string): Promise<string[]> {
  const rows = await reads
    .selectFrom('memberships')
    .select('room_id')
    .where('user_id', '=', userId)
    .where('membership', '=', 'join')
    .orderBy('room_id')
    .execute()
  return rows.map(({ room_id }) => room_id)
}
