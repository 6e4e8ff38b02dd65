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

/** Membership of the user in every room that this server holds and the user ever was in, by room id. */
export async function listMemberships(reads: Reads<TimelineTables>, userId: string): Promise<Record<string, string>> {
  const rows = await reads
    .selectFrom('memberships')
    .select(['room_id', 'membership'])
    .where('user_id', '=', userId)
    .orderBy('room_id')
    .execute()
  return Object.fromEntries(rows.map(({ room_id, membership }) => [room_id, membership]))
}
