import { setImmediate } from 'node:timers/promises'
import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import { eventTypes, type RoomId, type UserId } from '@glia/protocol'
import { moveAliases } from '../directory/index.ts'
import { memberContent, type ProfileLookup } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { TaskContext, TaskRunner } from '../tasks/index.ts'
import type { Timeline } from '../timeline/index.ts'
import type { ReplacementRoom } from './create-replacement-room.ts'
import { atFreeTime } from './create-room.ts'
import { type DeletionParameters, type DeletionResult, localMembersPresent, resultOf, summaryOf } from './delete-room.ts'
import { recordDepartures, recordRemainingDepartures } from './departures.ts'
import type { PurgeRoom } from './purge-room.ts'
import { findRoom } from './room-queries.ts'

export interface RoomDeletionDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly signals: SignalBus
  readonly clock: Clock
  /** Makes the room that members are moved to. */
  readonly createReplacement: (tx: Transaction<HomeserverSchema>, room: ReplacementRoom, nowMs: number) => Promise<RoomId>
  /** Called outside transactions. */
  readonly profileOf: ProfileLookup
  /** What every slice deletes of a room; the room itself last. */
  readonly purges: readonly PurgeRoom[]
}

/** Leaves that share a transaction: few enough that other writers hardly wait. */
const LEAVES_AT_ONCE = 50
const ROWS_AT_ONCE = 2000

/**
 * The work of a deletion. Every step is written together with the progress that it makes, so that after a crash the next step follows,
 * and each can be told from the data to be done already.
 */
export function roomDeletionRunner(deps: RoomDeletionDeps): TaskRunner {
  return async (task, context) => {
    const deletion = new RoomDeletion(deps, context, {
      roomId: task.resourceId as RoomId,
      parameters: task.parameters as unknown as DeletionParameters,
      result: resultOf(task),
    })
    return summaryOf(await deletion.run())
  }
}

const NOTHING_DONE: DeletionResult = { kickedUsers: [], failedToKickUsers: [], localAliases: [], newRoomId: null, step: 'leaving' }

class RoomDeletion {
  readonly #deps: RoomDeletionDeps
  readonly #context: TaskContext
  readonly #roomId: RoomId
  readonly #parameters: DeletionParameters
  #result: DeletionResult
  readonly #isFresh: boolean

  constructor(
    deps: RoomDeletionDeps,
    context: TaskContext,
    task: { roomId: RoomId; parameters: DeletionParameters; result: DeletionResult | undefined },
  ) {
    this.#deps = deps
    this.#context = context
    this.#roomId = task.roomId
    this.#parameters = task.parameters
    this.#result = task.result ?? NOTHING_DONE
    this.#isFresh = task.result === undefined
  }

  async run(): Promise<DeletionResult> {
    if (this.#isFresh && !(await findRoom(this.#deps.database.read, this.#roomId))) return { ...this.#result, step: 'done' }
    while (this.#result.step === 'leaving') {
      await this.#createReplacement()
      while (await this.#moveSome()) this.#context.signal.throwIfAborted()
      await this.#close()
    }
    if (this.#result.step === 'purging') await this.#purge()
    return { ...this.#result, step: 'done' }
  }

  /** Runs a step and saves its progress with it. Memory follows once it is durable. */
  async #step(
    room: RoomId,
    work: (tx: Transaction<HomeserverSchema>) => Promise<Partial<DeletionResult> | undefined>,
  ): Promise<Partial<DeletionResult> | undefined> {
    // SQLite answers without leaving the turn: without this, requests would wait until the whole room is gone
    await setImmediate()
    let next = this.#result
    const progress = await this.#deps.timeline.transaction(room, async (tx) => {
      const made = await work(tx)
      next = { ...this.#result, ...made }
      if (made) await this.#context.saveProgress(summaryOf(next), tx)
      return made
    })
    this.#result = next
    return progress
  }

  async #createReplacement(): Promise<void> {
    const { newRoomName, newRoomUserId } = this.#parameters
    if (newRoomUserId === null || this.#result.newRoomId !== null) return
    const { clock, profileOf, createReplacement } = this.#deps
    const room = { creator: newRoomUserId, profile: await profileOf(newRoomUserId), name: newRoomName }
    await atFreeTime(clock, (nowMs) => this.#step(this.#roomId, async (tx) => ({ newRoomId: await createReplacement(tx, room, nowMs) })))
  }

  /** Lets some of the local members leave. @returns false when nobody is left who could */
  async #moveSome(): Promise<boolean> {
    const members = await this.#presentMembers(LEAVES_AT_ONCE)
    if (members.length === 0) return false
    await this.#joinReplacement(members.filter(({ membership }) => membership === 'join').map(({ userId }) => userId))
    await this.#step(this.#roomId, (tx) =>
      this.#leaveAndForget(
        tx,
        members.map(({ userId }) => userId),
      ),
    )
    return true
  }

  async #presentMembers(limit: number): Promise<{ userId: UserId; membership: string }[]> {
    const failed = this.#result.failedToKickUsers
    const rows = await localMembersPresent(this.#deps.database.read, this.#roomId)
      .select(['user_id', 'membership'])
      .$if(failed.length > 0, (query) => query.where('user_id', 'not in', failed))
      .orderBy('user_id')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ userId: row.user_id as UserId, membership: row.membership }))
  }

  /** Joining again what was joined before a crash changes nothing. */
  async #joinReplacement(userIds: readonly UserId[]): Promise<void> {
    const newRoomId = this.#result.newRoomId as RoomId | null
    const { timeline, profileOf } = this.#deps
    const movers = userIds.filter((userId) => userId !== this.#parameters.newRoomUserId)
    if (newRoomId === null || movers.length === 0) return
    const joins = await Promise.all(movers.map(async (userId) => ({ userId, content: memberContent('join', {}, await profileOf(userId)) })))
    await timeline.transaction(newRoomId, (tx) =>
      timeline.edit(tx, newRoomId, async (room) => {
        await room.loadState(movers.map((userId) => [eventTypes.member, userId]))
        for (const { userId, content } of joins) {
          if ((await room.state(eventTypes.member, userId))?.content.membership === 'join') continue
          await room.append({ type: eventTypes.member, sender: userId, stateKey: userId, content })
        }
      }),
    )
  }

  async #leaveAndForget(tx: Transaction<HomeserverSchema>, userIds: readonly UserId[]): Promise<Partial<DeletionResult>> {
    const kicked: string[] = []
    const failed: string[] = []
    const eventIds: string[] = []
    await this.#deps.timeline.edit(tx, this.#roomId, async (room) => {
      await room.loadState(userIds.map((userId) => [eventTypes.member, userId]))
      for (const userId of userIds) {
        try {
          const { eventId } = await room.append({
            type: eventTypes.member,
            sender: userId,
            stateKey: userId,
            content: { membership: 'leave' },
          })
          eventIds.push(eventId)
          kicked.push(userId)
        } catch (error) {
          if (!(error instanceof MatrixError)) throw error
          failed.push(userId)
        }
      }
    })
    if (kicked.length > 0) {
      await tx.db
        .updateTable('memberships')
        .set({ forgotten: 1 })
        .where('room_id', '=', this.#roomId)
        .where('user_id', 'in', kicked)
        .execute()
      await recordDepartures(tx, eventIds)
    }
    return {
      kickedUsers: [...this.#result.kickedUsers, ...kicked],
      failedToKickUsers: [...this.#result.failedToKickUsers, ...failed],
    }
  }

  /**
   * The end of the room for local users, once nobody who could leave is in it: in one transaction with the last look at who is there.
   * Somebody who joined a moment ago keeps the step at `leaving`.
   */
  async #close(): Promise<void> {
    await this.#step(this.#roomId, async (tx) => {
      const present = await localMembersPresent(tx.db, this.#roomId).select('user_id').execute()
      const failed = new Set(this.#result.failedToKickUsers)
      if (present.some(({ user_id }) => !failed.has(user_id))) return undefined
      const moved = await this.#tellAndMoveAliases(tx)
      if (!this.#parameters.purge) return { ...moved, step: 'done' }
      if (present.length > 0 && !this.#parameters.forcePurge) throw new UsersStillJoinedError()
      await recordRemainingDepartures(tx, this.#deps.signals, this.#roomId, this.#deps.clock.nowMs())
      // without an end to write to, nobody can come in any more
      await tx.db.deleteFrom('forward_extremities').where('room_id', '=', this.#roomId).execute()
      return { ...moved, step: 'purging' }
    })
  }

  async #tellAndMoveAliases(tx: Transaction<HomeserverSchema>): Promise<Partial<DeletionResult>> {
    const newRoomId = this.#result.newRoomId as RoomId | null
    const { newRoomUserId, message } = this.#parameters
    if (newRoomId === null || newRoomUserId === null) return {}
    const localAliases = await moveAliases(tx, this.#roomId, newRoomId)
    await this.#deps.timeline.append(tx, {
      roomId: newRoomId,
      sender: newRoomUserId,
      type: eventTypes.message,
      content: { msgtype: 'm.text', body: message },
    })
    return { localAliases }
  }

  async #purge(): Promise<void> {
    const { purges, signals } = this.#deps
    for (const purge of purges) {
      for (let isDone = false; !isDone; ) {
        this.#context.signal.throwIfAborted()
        await this.#step(this.#roomId, async (tx) => {
          const part = await purge(tx, this.#roomId, ROWS_AT_ONCE)
          isDone = part.isDone
          // also proves that the task is still ours
          return {}
        })
      }
    }
    signals.tell('room.deleted', { roomId: this.#roomId })
  }
}

/** A purge was not forced and somebody could not be made to leave. */
export class UsersStillJoinedError extends MatrixError {
  constructor() {
    super('M_UNKNOWN', 'Users are still joined to this room')
  }
}
