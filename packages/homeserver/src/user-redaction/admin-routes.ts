import { contract, isDryRun, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import { findUserRedaction, previewRedaction, type RedactUserDeps, redactUser, type UserRedaction } from './redact-user.ts'
import { progressOf } from './redaction-progress.ts'

const DEFAULT_LIMIT = 1000

/** Synapse Admin API, "Redact all the events of a user". */
export function userRedactionRoutes(deps: RedactUserDeps): Route[] {
  const { userRedaction } = contract.admin
  return [
    route(userRedaction.redactUserEvents, async ({ params, query, body, requester }) => {
      if (typeof body.limit === 'number' && body.limit < 0) {
        throw new MatrixError('M_UNKNOWN', 'If limit is provided it must be a non-negative integer greater than 0.')
      }
      const redaction: UserRedaction = {
        userId: params.user_id as UserId,
        requestedBy: requester.userId,
        rooms: body.rooms.length > 0 ? body.rooms : null,
        reason: body.reason ?? null,
        // 0 is as good as none, here and in the times
        limit: body.limit || DEFAULT_LIMIT,
        asAdmin: body.use_admin ?? false,
        sentBetweenMs: { from: body.after_ts || null, to: body.before_ts || null },
      }
      if (isDryRun(query)) return { would: await previewRedaction(deps, redaction) }
      return { redact_id: await redactUser(deps, redaction) }
    }),
    route(userRedaction.getUserRedaction, async ({ params }) => {
      const task = await findUserRedaction(deps.tasks, params.redact_id)
      if (!task) throw new MatrixError('M_NOT_FOUND', `redact id '${params.redact_id}' not found`)
      if (task.status === 'complete') return { status: task.status, failed_redactions: { ...progressOf(task.result).failed } }
      if (task.status === 'scheduled' || task.status === 'active') return { status: task.status }
      return { status: 'failed' as const, error: task.error ?? 'The redaction was cancelled' }
    }),
  ]
}
