import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import { isRoomId, isUserId, type RoomId, type UserId } from '@glia/protocol'
import { type HistoryDeps, readEvent } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'

export interface ReportsDeps extends HistoryDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitReports: (userId: UserId) => Promise<void>
}

/** What users report to the admins of the server. */
export interface Reports {
  /** @throws MatrixError M_NOT_FOUND: no such event, or the reporter may not see it */
  reportEvent(
    reporter: UserId,
    event: { roomId: RoomId; eventId: string; reason: string | undefined; score: number | undefined },
  ): Promise<void>
  /** The reporter need not be in the room. @throws MatrixError M_NOT_FOUND */
  reportRoom(reporter: UserId, room: { roomId: string; reason: string }): Promise<void>
  /** Does nothing for users that are not known here, and does not tell. @throws MatrixError M_BAD_JSON: the reason is too long */
  reportUser(reporter: UserId, user: { userId: string; reason: string }): Promise<void>
}

const MAX_REASON_LENGTH = 1000

export function createReports(deps: ReportsDeps): Reports {
  const { database, clock, limitReports } = deps
  return {
    async reportEvent(reporter, { roomId, eventId, reason, score }) {
      await limitReports(reporter)
      await requireVisible(deps, reporter, roomId, eventId)
      await database.transaction(async (tx) => {
        const id = await tx.takePosition()
        const values = {
          room_id: roomId,
          event_id: eventId,
          user_id: reporter,
          reason: reason?.replaceAll('\0', '') ?? null,
          score: score ?? null,
        }
        await tx.db
          .insertInto('event_reports')
          .values({ id, received_at_ms: clock.nowMs(), ...values })
          .execute()
      })
    },
    async reportRoom(reporter, { roomId, reason }) {
      await limitReports(reporter)
      checkReason(reason)
      const room = isRoomId(roomId)
        ? await database.read.selectFrom('rooms').select('room_id').where('room_id', '=', roomId).executeTakeFirst()
        : undefined
      if (!room) throw new MatrixError('M_NOT_FOUND', 'Room does not exist')
      await database.transaction(async (tx) => {
        const id = await tx.takePosition()
        const values = { room_id: roomId, user_id: reporter, reason: reason.replaceAll('\0', '') }
        await tx.db
          .insertInto('room_reports')
          .values({ id, received_at_ms: clock.nowMs(), ...values })
          .execute()
      })
    },
    async reportUser(reporter, { userId, reason }) {
      await limitReports(reporter)
      checkReason(reason)
      if (!isUserId(userId) || !(await isAccount(database, userId))) return
      await database.transaction(async (tx) => {
        const id = await tx.takePosition()
        const values = { target_user_id: userId, user_id: reporter, reason: reason.replaceAll('\0', '') }
        await tx.db
          .insertInto('user_reports')
          .values({ id, received_at_ms: clock.nowMs(), ...values })
          .execute()
      })
    },
  }
}

async function requireVisible(deps: HistoryDeps, reporter: UserId, roomId: RoomId, eventId: string): Promise<void> {
  try {
    await readEvent(deps, { userId: reporter, sessionId: undefined }, roomId, eventId)
  } catch (error) {
    if (!(error instanceof MatrixError) || error.errcode !== 'M_NOT_FOUND') throw error
    throw new MatrixError('M_NOT_FOUND', "Unable to report event: it does not exist or you aren't able to see it.", { cause: error })
  }
}

async function isAccount(database: Database<HomeserverSchema>, userId: UserId): Promise<boolean> {
  return (await database.read.selectFrom('users').select('user_id').where('user_id', '=', userId).executeTakeFirst()) !== undefined
}

function checkReason(reason: string): void {
  if (reason.length > MAX_REASON_LENGTH) throw new MatrixError('M_BAD_JSON', `Reason must be less than ${MAX_REASON_LENGTH} characters`)
}
