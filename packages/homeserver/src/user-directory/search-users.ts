import { containsIgnoringCase, type Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

export interface FoundUser {
  userId: UserId
  displayName: string | undefined
  avatarUrl: string | undefined
}

/**
 * Local users whose display name or id holds the text, ignoring case: those who share a room with the asker or are in a room that anybody
 * may join or read. Users who share a room come with the others, by id.
 */
export async function searchUsers(
  db: Reads<HomeserverSchema>,
  asker: UserId,
  text: string,
  limit: number,
): Promise<{ users: FoundUser[]; limited: boolean }> {
  const term = text.trim().replaceAll('\0', '')
  if (term === '') return { users: [], limited: false }
  const rows = await db
    .selectFrom('users')
    .select(['users.user_id', 'users.display_name', 'users.avatar_url'])
    .where('users.deactivated', '=', 0)
    .where('users.locked', '=', 0)
    .where((is) => is.or([containsIgnoringCase(sql.ref('users.user_id'), term), containsIgnoringCase(sql.ref('users.display_name'), term)]))
    .where((is) =>
      is.exists(
        is
          .selectFrom('memberships as theirs')
          .innerJoin('rooms', 'rooms.room_id', 'theirs.room_id')
          .leftJoin('memberships as own', (join) => join.onRef('own.room_id', '=', 'theirs.room_id').on('own.user_id', '=', asker))
          .select('theirs.room_id')
          .whereRef('theirs.user_id', '=', 'users.user_id')
          .where('theirs.membership', '=', 'join')
          .where((of) =>
            of.or([
              of('own.membership', '=', 'join'),
              of('rooms.join_rules', '=', 'public'),
              of('rooms.history_visibility', '=', 'world_readable'),
            ]),
          ),
      ),
    )
    .orderBy('users.user_id')
    .limit(limit + 1)
    .execute()
  const users = rows.slice(0, limit).map(({ user_id, display_name, avatar_url }) => ({
    userId: user_id as UserId,
    displayName: display_name ?? undefined,
    avatarUrl: avatar_url ?? undefined,
  }))
  return { users, limited: rows.length > limit }
}
