import { MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import type { Task, Tasks } from '../tasks/index.ts'
import { redactionSteps } from './redaction-candidates.ts'

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
    await refuseSecondRedaction(tasks, userId, tx.db)
    return tasks.schedule(tx, { action: REDACT_USER_ACTION, resourceId: userId, parameters: { ...redaction } })
  })
}

/** How many events a redaction would try to redact, and in how many rooms. @throws MatrixError as the redaction itself */
export async function previewRedaction(
  { database, tasks }: RedactUserDeps,
  redaction: UserRedaction,
): Promise<{ rooms: number; events: number }> {
  checkStorableText(redaction.userId, 'user_id')
  await refuseSecondRedaction(tasks, redaction.userId, database.read)
  const rooms = new Set<string>()
  let events = 0
  for await (const { toRedact } of redactionSteps(database.read, redaction)) {
    events += toRedact.length
    for (const { roomId } of toRedact) rooms.add(roomId)
  }
  return { rooms: rooms.size, events }
}

async function refuseSecondRedaction(tasks: Tasks, userId: UserId, reads: Reads<HomeserverSchema>): Promise<void> {
  const unfinished = await tasks.list({ actions: [REDACT_USER_ACTION], resourceId: userId, statuses: ['scheduled', 'active'] }, reads)
  if (unfinished.length > 0) throw new MatrixError('M_UNKNOWN', `Redact already in progress for user ${userId}`)
}

export async function findUserRedaction(tasks: Tasks, id: string): Promise<Task | undefined> {
  const task = await tasks.find(id)
  return task?.action === REDACT_USER_ACTION ? task : undefined
}
