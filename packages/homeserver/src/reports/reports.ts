import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import { type ClientEvent, isUserId, type RoomId, type UserId } from '@glia/protocol'
import type { TellAdmins } from '../admin-stream/index.ts'
import { type HistoryDeps, readEvent } from '../history/index.ts'
import { roomExists } from '../room-exists.ts'
import type { HomeserverSchema } from '../schema.ts'
import { addCase, type ReportCase } from './report-cases.ts'

export interface ReportsDeps extends HistoryDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly tellAdmins: TellAdmins
  /** Has admins alerted of a new report, together with its transaction. */
  readonly alert: (tx: Transaction<HomeserverSchema>, reportId: number) => Promise<void>
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
  const { database, clock } = deps

  /** Keeps a report of one kind with its case, and lets admins be told. */
  const keep = async (
    report: Omit<ReportCase, 'id' | 'receivedAtMs' | 'state' | 'assignee' | 'changedAtMs'>,
    insert: (tx: Transaction<HomeserverSchema>, common: { id: number; received_at_ms: number; user_id: string }) => Promise<unknown>,
  ): Promise<void> => {
    const receivedAtMs = clock.nowMs()
    await database.transaction(async (tx) => {
      const id = await tx.takePosition()
      await insert(tx, { id, received_at_ms: receivedAtMs, user_id: report.reporter })
      await addCase(tx, { ...report, id, receivedAtMs })
      await deps.tellAdmins(tx, 'report', String(id))
      await deps.alert(tx, id)
    })
  }

  return {
    async reportEvent(reporter, { roomId, eventId, reason: given, score }) {
      const { sender } = await requireVisible(deps, reporter, roomId, eventId)
      const reason = given?.replaceAll('\0', '') ?? null
      await keep({ kind: 'event', reporter, reason, roomId, eventId, targetUserId: sender }, (tx, common) => {
        const values = { ...common, room_id: roomId, event_id: eventId, reason, score: score ?? null }
        return tx.db.insertInto('event_reports').values(values).execute()
      })
    },
    async reportRoom(reporter, { roomId, reason: given }) {
      const reason = checkedReason(given)
      if (!(await roomExists(database.read, roomId))) throw new MatrixError('M_NOT_FOUND', 'Room does not exist')
      await keep({ kind: 'room', reporter, reason, roomId, eventId: null, targetUserId: null }, (tx, common) =>
        tx.db
          .insertInto('room_reports')
          .values({ ...common, room_id: roomId, reason })
          .execute(),
      )
    },
    async reportUser(reporter, { userId, reason: given }) {
      const reason = checkedReason(given)
      if (!isUserId(userId) || !(await isAccount(database, userId))) return
      await keep({ kind: 'user', reporter, reason, roomId: null, eventId: null, targetUserId: userId }, (tx, common) =>
        tx.db
          .insertInto('user_reports')
          .values({ ...common, target_user_id: userId, reason })
          .execute(),
      )
    },
  }
}

async function requireVisible(deps: HistoryDeps, reporter: UserId, roomId: RoomId, eventId: string): Promise<ClientEvent> {
  try {
    return await readEvent(deps, { userId: reporter, sessionId: undefined }, roomId, eventId)
  } catch (error) {
    if (!(error instanceof MatrixError) || error.errcode !== 'M_NOT_FOUND') throw error
    throw new MatrixError('M_NOT_FOUND', "Unable to report event: it does not exist or you aren't able to see it.", { cause: error })
  }
}

async function isAccount(database: Database<HomeserverSchema>, userId: UserId): Promise<boolean> {
  return (await database.read.selectFrom('users').select('user_id').where('user_id', '=', userId).executeTakeFirst()) !== undefined
}

/** Without NUL, which no database keeps. @throws MatrixError M_BAD_JSON */
function checkedReason(reason: string): string {
  if (reason.length > MAX_REASON_LENGTH) throw new MatrixError('M_BAD_JSON', `Reason must be less than ${MAX_REASON_LENGTH} characters`)
  return reason.replaceAll('\0', '')
}
