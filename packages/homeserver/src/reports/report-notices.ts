import type { Database, Transaction } from '@glia/database'
import type { Logger } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { ServerNotices } from '../server-notices/index.ts'
import type { TaskRunner, Tasks } from '../tasks/index.ts'
import { findCase, mayLookAfter, type ReportCase } from './report-cases.ts'

/** Name of the task that tells admins of one report by server notices. */
export const REPORT_NOTICE_ACTION = 'report_notice'

export interface ReportNoticeDeps {
  readonly database: Database<HomeserverSchema>
  readonly logger: Logger
  readonly serverNotices: Pick<ServerNotices, 'send'>
  readonly recipients: readonly UserId[]
}

const MAX_REASON_LENGTH = 200

export async function scheduleNotices(tx: Transaction<HomeserverSchema>, tasks: Tasks, reportId: number): Promise<void> {
  await tasks.schedule(tx, { action: REPORT_NOTICE_ACTION, resourceId: String(reportId) })
}

/** Tells each recipient who is an admin or helper of a new report, once, also over restarts. */
export function reportNoticeRunner({ database, logger, serverNotices, recipients }: ReportNoticeDeps): TaskRunner {
  return async ({ resourceId }, { signal }) => {
    const report = await findCase(database.read, Number(resourceId))
    if (!report) return { sent: 0, reason: 'the report is gone' }
    let sent = 0
    for (const userId of recipients) {
      signal.throwIfAborted()
      if (!(await mayLookAfter(database.read, userId))) {
        logger.warn({ user: userId, report: report.id }, 'a recipient of report notices is neither admin nor helper')
        continue
      }
      await serverNotices.send(
        { userId, sessionId: REPORT_NOTICE_ACTION },
        {
          userId,
          type: 'm.room.message',
          stateKey: undefined,
          content: { msgtype: 'm.text', body: textOf(report) },
          transactionId: String(report.id),
        },
      )
      sent++
    }
    return { sent }
  }
}

function textOf(report: ReportCase): string {
  const what = {
    event: `an event of ${report.targetUserId} in ${report.roomId}`,
    room: `the room ${report.roomId}`,
    user: `the user ${report.targetUserId}`,
  }[report.kind]
  const reason = report.reason?.trim()
  const shortened = reason && reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason
  return `Report ${report.id}: ${report.reporter} reported ${what}.${shortened ? ` Reason: ${shortened}` : ''}`
}
