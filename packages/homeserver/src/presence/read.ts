import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { PresenceRow } from './presence-store.ts'

/** Whether both have joined some room. */
export async function sharesRoom(db: Reads<HomeserverSchema>, userId: UserId, otherId: UserId): Promise<boolean> {
  const shared = await db
    .selectFrom('memberships as own')
    .innerJoin('memberships as theirs', 'theirs.room_id', 'own.room_id')
    .select('own.room_id')
    .where('own.user_id', '=', userId)
    .where('own.membership', '=', 'join')
    .where('theirs.user_id', '=', otherId)
    .where('theirs.membership', '=', 'join')
    .limit(1)
    .executeTakeFirst()
  return shared !== undefined
}

/** Of the user and of those who share a room with the user, what changed after `since`, up to `upTo`. */
export async function presenceChanges(db: Reads<HomeserverSchema>, userId: UserId, since: number, upTo: number): Promise<PresenceRow[]> {
  return visibleTo(db, userId).where('presence.position', '>', since).where('presence.position', '<=', upTo).execute()
}

/** Of the user and of those who share a room with the user, all that are not offline, or all. */
export async function allPresence(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  { upTo, includeOffline }: { upTo: number; includeOffline: boolean },
): Promise<PresenceRow[]> {
  const visible = visibleTo(db, userId).where('presence.position', '<=', upTo)
  return (includeOffline ? visible : visible.where('presence.state', '!=', 'offline')).execute()
}

/** Of those who are not offline and joined a room that the user is in, or are in one that the user joined, since then. */
export async function presenceOfNewcomers(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  since: number,
  upTo: number,
): Promise<PresenceRow[]> {
  return db
    .selectFrom('presence')
    .selectAll('presence')
    .where('presence.state', '!=', 'offline')
    .where('presence.position', '<=', upTo)
    .where('presence.user_id', 'in', (of) =>
      of
        .selectFrom('memberships as own')
        .innerJoin('memberships as theirs', 'theirs.room_id', 'own.room_id')
        .select('theirs.user_id')
        .where('own.user_id', '=', userId)
        .where('own.membership', '=', 'join')
        .where('theirs.membership', '=', 'join')
        .where((is) =>
          is.or([
            is.and([is('own.position', '>', since), is('own.position', '<=', upTo)]),
            is.and([is('theirs.position', '>', since), is('theirs.position', '<=', upTo)]),
          ]),
        ),
    )
    .execute()
}

function visibleTo(db: Reads<HomeserverSchema>, userId: UserId) {
  return db
    .selectFrom('presence')
    .selectAll('presence')
    .where((is) =>
      is.or([
        is('presence.user_id', '=', userId),
        is.exists(
          is
            .selectFrom('memberships as theirs')
            .innerJoin('memberships as own', 'own.room_id', 'theirs.room_id')
            .select(sql<number>`1`.as('one'))
            .whereRef('theirs.user_id', '=', 'presence.user_id')
            .where('theirs.membership', '=', 'join')
            .where('own.user_id', '=', userId)
            .where('own.membership', '=', 'join'),
        ),
      ]),
    )
}
