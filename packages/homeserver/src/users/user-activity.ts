import type { Reads } from '@glia/database'
import { eventTypes, type JsonObject } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { firstPositionSince } from '../timeline/index.ts'

/** Processes may write the events of one moment a little out of order. */
const SLACK_MS = 60_000

interface MemberEvent {
  readonly roomId: string
  readonly membership: unknown
}

/** The changes of membership that a user sent and this server received at a time (ms) or later. */
async function sentSince(db: Reads<HomeserverSchema>, userId: string, sinceMs: number, whose: 'own' | 'of others'): Promise<MemberEvent[]> {
  const first = await firstPositionSince(db, sinceMs - SLACK_MS)
  if (first === undefined) return []
  const rows = await db
    .selectFrom('events')
    .select(['room_id', 'json'])
    .where('sender', '=', userId)
    .where('position', '>=', first)
    .where('type', '=', eventTypes.member)
    .where('state_key', whose === 'own' ? '=' : '!=', userId)
    .where('received_at_ms', '>=', sinceMs)
    .execute()
  return rows.map(({ room_id, json }) => ({
    roomId: room_id,
    membership: (JSON.parse(json) as { content: JsonObject }).content.membership,
  }))
}

/** Invites that a user sent, also to the same person again. */
export async function countSentInvites(db: Reads<HomeserverSchema>, userId: string, sinceMs: number): Promise<number> {
  return (await sentSince(db, userId, sinceMs, 'of others')).filter(({ membership }) => membership === 'invite').length
}

/** Rooms that a user joined, also those left since. */
export async function countJoinedRooms(db: Reads<HomeserverSchema>, userId: string, sinceMs: number): Promise<number> {
  const joins = (await sentSince(db, userId, sinceMs, 'own')).filter(({ membership }) => membership === 'join')
  return new Set(joins.map(({ roomId }) => roomId)).size
}
