import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import type { Task, Tasks } from '../tasks/index.ts'

/** Name of the task, as Synapse has it. */
export const REDACT_USER_ACTION = 'redact_all_events'

export interface RedactUserDeps {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
}

/** Also what the task is given. */
export interface UserRedaction {
  readonly userId: UserId
  readonly requestedBy: UserId
  /** null: those that the user is joined to or banned from. */
  readonly rooms: readonly string[] | null
  readonly reason: string | null
  /** In each room, so many of the user's newest events are looked at. */
  readonly limit: number
  /** Redact in the name of the admin who asked. */
  readonly asAdmin: boolean
  /** By the sender's clock, both inclusive. */
  readonly sentBetweenMs: { readonly from: number | null; readonly to: number | null }
}

/**
 * Starts redacting a user's messages and joins. Goes on after a crash; what cannot be redacted is noted and does not stop it.
 * @returns the id of the task to ask about; kept for seven days after its end
 * @throws MatrixError M_UNKNOWN: a redaction of this user is under way; M_INVALID_PARAM: no user can be called so
 */
export async function redactUser({ database, tasks }: RedactUserDeps, redaction: UserRedaction): Promise<string> {
  const { userId } = redaction
  checkStorableText(userId, 'user_id')
  return database.transaction(async (tx) => {
    await tx.lock(`redaction of ${userId}`)
    const unfinished = await tasks.list({ actions: [REDACT_USER_ACTION], resourceId: userId, statuses: ['scheduled', 'active'] }, tx.db)
    if (unfinished.length > 0) throw new MatrixError('M_UNKNOWN', `Redact already in progress for user ${userId}`)
    return tasks.schedule(tx, { action: REDACT_USER_ACTION, resourceId: userId, parameters: { ...redaction } })
  })
}

export async function findUserRedaction(tasks: Tasks, id: string): Promise<Task | undefined> {
  const task = await tasks.find(id)
  return task?.action === REDACT_USER_ACTION ? task : undefined
}
