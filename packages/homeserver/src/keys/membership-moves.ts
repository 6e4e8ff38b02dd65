import type { Reads } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'

/** Somebody joined a room (and was not joined before) or is no longer joined. */
export interface Move {
  roomId: RoomId
  userId: UserId
  direction: 'in' | 'out'
}

/**
 * Who came and went in (`since`, `upTo`] in the rooms that the user is in, and who went in those that the user has left since. Profile
 * changes are none. Nothing of rooms that the user was only invited to.
 */
export async function membershipMoves(db: Reads<HomeserverSchema>, userId: UserId, since: number, upTo: number): Promise<Move[]> {
  const rows = await db
    .selectFrom('memberships as own')
    .innerJoin('state_changes as change', 'change.room_id', 'own.room_id')
    .innerJoin('memberships as now', (join) =>
      join.onRef('now.room_id', '=', 'change.room_id').onRef('now.user_id', '=', 'change.state_key'),
    )
    .select(['change.room_id', 'change.state_key', 'change.previous_event_id', 'now.membership', 'own.membership as own_membership'])
    .where('own.user_id', '=', userId)
    .where((is) => is.or([is('own.membership', '=', 'join'), is('own.position', '>', since)]))
    .where('change.position', '>', since)
    .where('change.position', '<=', upTo)
    .where('change.type', '=', 'm.room.member')
    .orderBy('change.position')
    .execute()
  const first = new Map<string, (typeof rows)[number]>()
  for (const row of rows) {
    const key = `${row.room_id} ${row.state_key}`
    if (!first.has(key)) first.set(key, row)
  }
  const changes = [...first.values()]
  const joins = await joinEventsAmong(
    db,
    changes.flatMap(({ previous_event_id }) => previous_event_id ?? []),
  )
  const moves = changes.flatMap((change): Move[] => {
    const before = change.previous_event_id !== null && joins.has(change.previous_event_id)
    const now = change.membership === 'join'
    if (before === now) return []
    return [{ roomId: change.room_id as RoomId, userId: change.state_key as UserId, direction: now ? 'in' : 'out' }]
  })
  const joined = new Set(changes.filter(({ own_membership }) => own_membership === 'join').map(({ room_id }) => room_id))
  const left = new Set(moves.filter((move) => move.userId === userId && move.direction === 'out').map(({ roomId }) => roomId))
  return moves.filter(({ roomId, direction }) => joined.has(roomId) || (left.has(roomId) && direction === 'out'))
}

async function joinEventsAmong(db: Reads<HomeserverSchema>, eventIds: readonly string[]): Promise<Set<string>> {
  const joins = new Set<string>()
  for (const chunk of chunksOf(eventIds)) {
    const rows = await db.selectFrom('events').select(['event_id', 'json']).where('event_id', 'in', chunk).execute()
    for (const { event_id, json } of rows) {
      const { content } = JSON.parse(json) as { content: { membership?: unknown } }
      if (content.membership === 'join') joins.add(event_id)
    }
  }
  return joins
}
