import { createHmac } from 'node:crypto'
import type { Database, Transaction } from '@glia/database'
import type { Clock, Logger, Outbound } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import type { TaskRunner, Tasks } from '../tasks/index.ts'
import { findCase } from './report-cases.ts'

/** Name of the task that tells a webhook of one report. */
export const REPORT_ALERT_ACTION = 'report_alert'

export interface ReportAlertDeps {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
  readonly clock: Clock
  readonly logger: Logger
  /** To addresses that the configuration names. */
  readonly outbound: Outbound
  readonly webhookUrl: string
  /** Key of the HMAC that shows the receiver who sent it. */
  readonly webhookSecret: string | undefined
}

const TIMEOUT_MS = 10_000
const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = 3600_000
/** About a day of tries. */
const MAX_TRIES = 30

export async function scheduleAlert(tx: Transaction<HomeserverSchema>, tasks: Tasks, reportId: number): Promise<void> {
  await tasks.schedule(tx, { action: REPORT_ALERT_ACTION, resourceId: String(reportId), parameters: { tries: 0 } })
}

/**
 * Posts a new report to the webhook: kind, id and ids of whom and what, never what was written. What is not taken with a 2xx is tried again, later
 * and later, by a task of its own, so that waiting takes no place from other work.
 */
export function reportAlertRunner(deps: ReportAlertDeps): TaskRunner {
  const { database, tasks, clock, logger, outbound, webhookUrl, webhookSecret } = deps
  return async ({ resourceId, parameters }) => {
    const report = await findCase(database.read, Number(resourceId))
    if (!report) return { sent: false, reason: 'the report is gone' }
    const body = JSON.stringify({
      type: 'report.new',
      report: {
        id: report.id,
        kind: report.kind,
        received_at: report.receivedAtMs,
        reporter: report.reporter,
        room_id: report.roomId,
        event_id: report.eventId,
        target_user_id: report.targetUserId,
      },
    })
    const tries = Number(parameters.tries) + 1
    const failure = await send(body)
    if (failure === undefined) return { sent: true, tries }
    if (tries >= MAX_TRIES) throw new Error(`the webhook did not take the report in ${tries} tries: ${failure}`)
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS)
    logger.warn({ report: report.id, tries, failure, nextInMs: waitMs }, 'the webhook did not take a report')
    await database.transaction(async (tx) => {
      await tasks.schedule(tx, {
        action: REPORT_ALERT_ACTION,
        resourceId: String(report.id),
        parameters: { tries },
        dueMs: clock.nowMs() + waitMs,
      })
    })
    return { sent: false, tries, reason: failure }
  }

  /** @returns why it was not taken */
  async function send(body: string): Promise<string | undefined> {
    const signature = webhookSecret === undefined ? {} : { 'x-glia-signature': `sha256=${hmac(webhookSecret, body)}` }
    try {
      const { status } = await outbound.request({
        url: webhookUrl,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signature },
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: 64 * 1024,
      })
      return status >= 200 && status < 300 ? undefined : `status ${status}`
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

function hmac(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}
