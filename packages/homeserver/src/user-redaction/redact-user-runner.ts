import { setImmediate } from 'node:timers/promises'
import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { eventTypes, membershipOf, type RoomId, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { TaskContext, TaskResult, TaskRunner } from '../tasks/index.ts'
import { findEvents, type RoomWriter, type StoredEvent, type Timeline, UnknownRoomError } from '../timeline/index.ts'
import type { UserRedaction } from './redact-user.ts'
import { redactionSteps } from './redaction-candidates.ts'
import { progressOf, type RedactionProgress, resultOf } from './redaction-progress.ts'

export interface UserRedactionDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly serverName: ServerName
}

/**
 * The work of a redaction: through all that the user ever sent, newest first, whatever the number of rooms. A step may be done again after
 * a crash: what was redacted can be told from the data.
 */
export function userRedactionRunner(deps: UserRedactionDeps): TaskRunner {
  return async (task, context) => {
    const redaction = task.parameters as unknown as UserRedaction
    return new Redaction(deps, context, redaction, progressOf(task.result)).run()
  }
}

class Redaction {
  readonly #deps: UserRedactionDeps
  readonly #context: TaskContext
  readonly #redaction: UserRedaction
  readonly #sender: UserId
  #progress: RedactionProgress

  constructor(deps: UserRedactionDeps, context: TaskContext, redaction: UserRedaction, progress: RedactionProgress) {
    this.#deps = deps
    this.#context = context
    this.#redaction = redaction
    this.#progress = progress
    const isLocal = serverNameOf(redaction.userId) === deps.serverName
    this.#sender = isLocal && !redaction.asAdmin ? redaction.userId : redaction.requestedBy
  }

  async run(): Promise<TaskResult> {
    const { read } = this.#deps.database
    for await (const { newest, oldest, toRedact } of redactionSteps(read, this.#redaction, this.#progress)) {
      await this.#redactAll(toRedact)
      this.#progress = { ...this.#progress, from: this.#progress.from ?? newest, before: oldest }
      await this.#context.saveProgress(resultOf(this.#progress))
      this.#context.signal.throwIfAborted()
    }
    return resultOf(this.#progress)
  }

  async #redactAll(events: readonly StoredEvent[]): Promise<void> {
    const failed: Record<string, string> = {}
    let redacted = 0
    for (const [roomId, ofRoom] of Map.groupBy(events, ({ roomId }) => roomId)) {
      this.#context.signal.throwIfAborted()
      // SQLite answers without leaving the turn: without this, requests would wait for the whole work
      await setImmediate()
      const failures = await this.#redactInRoom(roomId, ofRoom)
      redacted += ofRoom.length - Object.keys(failures).length
      Object.assign(failed, failures)
    }
    const progress = this.#progress
    this.#progress = { ...progress, redacted: progress.redacted + redacted, failed: { ...progress.failed, ...failed } }
  }

  /** @returns the events that could not be redacted, with the reason */
  async #redactInRoom(roomId: RoomId, events: readonly StoredEvent[]): Promise<Record<string, string>> {
    const { timeline } = this.#deps
    const failures: Record<string, string> = {}
    const fail = (event: StoredEvent, error: unknown) => {
      if (!(error instanceof MatrixError)) throw error
      failures[event.eventId] = `${error.status}: ${error.message}`
    }
    try {
      await timeline.transaction(roomId, (tx) =>
        timeline.edit(tx, roomId, async (room) => {
          const now = await findEvents(
            tx.db,
            events.map(({ eventId }) => eventId),
          )
          for (const event of events) {
            // perhaps it was redacted or purged meanwhile, or before a crash
            if (!now.has(event.eventId) || now.get(event.eventId)!.redactedBy !== undefined) continue
            await this.#redact(room, event).catch((error) => fail(event, error))
          }
        }),
      )
    } catch (error) {
      if (!(error instanceof UnknownRoomError)) throw error
      for (const event of events) fail(event, error)
    }
    return failures
  }

  async #redact(room: RoomWriter, target: StoredEvent): Promise<void> {
    const sender = this.#sender
    const { reason } = this.#redaction
    const draft = { type: eventTypes.redaction, sender, content: reason === null ? {} : { reason }, redacts: target.eventId }
    if (sender === target.sender) {
      // in the user's own name also where the user has been silenced or removed since: at the place where the user still could
      const isRefused = (error: unknown) => error instanceof MatrixError && error.errcode === 'M_FORBIDDEN'
      await room.append(draft).catch((error) => {
        if (!isRefused(error)) throw error
        return room.append({ ...draft, after: target })
      })
      return
    }
    if (membershipOf(await room.state(eventTypes.member, sender)) !== 'join') {
      throw new MatrixError('M_FORBIDDEN', `User ${sender} not in room ${room.roomId}`)
    }
    const levels = await room.powerLevels()
    if (levels.of(sender) < levels.redact) throw new MatrixError('M_FORBIDDEN', "You don't have permission to redact events")
    await room.append(draft)
  }
}
