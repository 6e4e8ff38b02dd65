import type { Reads, Transaction } from '@glia/database'
import type { JsonObject, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type BackedUpSession, isBetter } from './session-rank.ts'

export interface NamedSession extends BackedUpSession {
  roomId: string
  sessionId: string
}

/** Which sessions of a backup: all, those of a room, or one. */
export interface SessionSelection {
  roomId?: string | undefined
  sessionId?: string | undefined
}

export async function readSessions(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  version: number,
  { roomId, sessionId }: SessionSelection,
): Promise<NamedSession[]> {
  let query = db.selectFrom('key_backup_sessions').selectAll().where('user_id', '=', userId).where('version', '=', version)
  if (roomId !== undefined) query = query.where('room_id', '=', roomId)
  if (sessionId !== undefined) query = query.where('session_id', '=', sessionId)
  const rows = await query.orderBy('room_id').orderBy('session_id').execute()
  return rows.map((row) => ({
    roomId: row.room_id,
    sessionId: row.session_id,
    firstMessageIndex: row.first_message_index,
    forwardedCount: row.forwarded_count,
    isVerified: row.is_verified === 1,
    sessionData: JSON.parse(row.session_data) as JsonObject,
  }))
}

/** Stores sessions that are new or better than those there. @returns how many were added and how many replaced */
export async function storeSessions(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  version: number,
  sessions: readonly NamedSession[],
): Promise<{ added: number; replaced: number }> {
  let added = 0
  let replaced = 0
  for (const chunk of chunksOf(sessions, 200)) {
    const stored = await storedRanks(tx, userId, version, chunk)
    const better = chunk.filter((session) => {
      const rank = stored.get(keyOf(session.roomId, session.sessionId))
      return rank === undefined || isBetter(session, rank)
    })
    if (better.length === 0) continue
    await tx.db
      .insertInto('key_backup_sessions')
      .values(
        better.map((session) => ({
          user_id: userId,
          version,
          room_id: session.roomId,
          session_id: session.sessionId,
          first_message_index: session.firstMessageIndex,
          forwarded_count: session.forwardedCount,
          is_verified: session.isVerified ? 1 : 0,
          session_data: JSON.stringify(session.sessionData),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'version', 'room_id', 'session_id']).doUpdateSet((set) => ({
          first_message_index: set.ref('excluded.first_message_index'),
          forwarded_count: set.ref('excluded.forwarded_count'),
          is_verified: set.ref('excluded.is_verified'),
          session_data: set.ref('excluded.session_data'),
        })),
      )
      .execute()
    const old = better.filter(({ roomId, sessionId }) => stored.has(keyOf(roomId, sessionId))).length
    replaced += old
    added += better.length - old
  }
  return { added, replaced }
}

function keyOf(roomId: string, sessionId: string): string {
  return `${roomId} ${sessionId}`
}

async function storedRanks(tx: Transaction<HomeserverSchema>, userId: UserId, version: number, sessions: readonly NamedSession[]) {
  const rows = await tx.db
    .selectFrom('key_backup_sessions')
    .select(['room_id', 'session_id', 'first_message_index', 'forwarded_count', 'is_verified'])
    .where('user_id', '=', userId)
    .where('version', '=', version)
    .where('room_id', 'in', [...new Set(sessions.map(({ roomId }) => roomId))])
    .where(
      'session_id',
      'in',
      sessions.map(({ sessionId }) => sessionId),
    )
    .execute()
  return new Map(rows.map((row) => [keyOf(row.room_id, row.session_id), row]))
}

/** @returns how many there were */
export async function deleteSessions(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  version: number,
  { roomId, sessionId }: SessionSelection,
): Promise<number> {
  let query = tx.db.deleteFrom('key_backup_sessions').where('user_id', '=', userId).where('version', '=', version)
  if (roomId !== undefined) query = query.where('room_id', '=', roomId)
  if (sessionId !== undefined) query = query.where('session_id', '=', sessionId)
  const result = await query.executeTakeFirst()
  return Number(result.numDeletedRows)
}
