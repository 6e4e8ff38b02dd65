import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { Requester } from '@glia/http'
import type { Clock, Logger } from '@glia/platform'
import type { DeviceId, JsonObject, RoomId, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Sending } from '../timeline/index.ts'
import { claimDue, type DelayedEventRow, deleteDelayedEvent, isOvertaken, nextDueMs, releaseAllClaims } from './delayed-event-store.ts'

export interface DelayTimerDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly logger: Logger
  /** Without limits of rate: those were asked when the event was made. */
  readonly sending: Sending
  readonly findUser: (
    userId: UserId,
  ) => Promise<{ isDeactivated: boolean; isGuest: boolean; isSuspended: boolean; isShadowBanned: boolean } | undefined>
  /** No other process works on the database: what is claimed at start was left by a crash. */
  readonly isSoleProcess: boolean
}

/** A process that has an event for longer than this is taken for dead. */
export const LEASE_MS = 60_000
/** Another process may have died with events that only it was waiting for. */
const LOOK_EVERY_MS = 5_000
/** Timers hold 24 days at most. */
const LONGEST_WAIT_MS = 3600_000
const BATCH = 50

/** Sends delayed events when they are due. Of several processes one has each: who has claimed it in the database. */
export class DelayTimer {
  readonly #deps: DelayTimerDeps
  #cancelLook = () => {}
  #nextLookMs = Number.POSITIVE_INFINITY
  #looking: Promise<void> = Promise.resolve()
  #state: 'new' | 'running' | 'stopped' = 'new'

  constructor(deps: DelayTimerDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    const { database, isSoleProcess } = this.#deps
    this.#state = 'running'
    if (isSoleProcess) {
      await database.transaction(releaseAllClaims)
    }
    this.#look()
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#cancelLook()
    await this.#looking
  }

  /** Until what is due now is done. */
  idle(): Promise<void> {
    return this.#looking
  }

  /** There will be something to do then. */
  wakeAt(atMs: number): void {
    if (this.#state !== 'running' || atMs >= this.#nextLookMs) return
    this.#cancelLook()
    this.#nextLookMs = atMs
    const waitMs = Math.min(Math.max(0, atMs - this.#deps.clock.nowMs()), LONGEST_WAIT_MS)
    this.#cancelLook = this.#deps.clock.after(waitMs, () => this.#look())
  }

  #look(): void {
    this.#nextLookMs = Number.POSITIVE_INFINITY
    this.#looking = this.#looking
      .then(() => this.#sendDue())
      .catch((error) => {
        this.#deps.logger.error({ err: error }, 'delayed events could not be looked at')
        this.wakeAt(this.#deps.clock.nowMs() + LOOK_EVERY_MS)
      })
  }

  async #sendDue(): Promise<void> {
    const { database, clock, isSoleProcess } = this.#deps
    for (let isMore = true; isMore && this.#state === 'running'; ) {
      const nowMs = clock.nowMs()
      const rows = await database.transaction((tx) => claimDue(tx, { nowMs, untilMs: nowMs + LEASE_MS, limit: BATCH }))
      const byRoom = Map.groupBy(rows, ({ room_id }) => room_id)
      await Promise.all([...byRoom.values()].map((inOrder) => this.#deliverAll(inOrder)))
      isMore = rows.length === BATCH
    }
    const dueMs = await nextDueMs(database.read)
    const lookMs = isSoleProcess ? Number.POSITIVE_INFINITY : clock.nowMs() + LOOK_EVERY_MS
    if (dueMs !== undefined || !isSoleProcess) this.wakeAt(Math.min(dueMs ?? lookMs, lookMs))
  }

  async #deliverAll(rows: readonly DelayedEventRow[]): Promise<void> {
    for (const row of rows) {
      await this.deliver(row).catch((error) => {
        const about = { err: error, room: row.room_id, user: row.user_id }
        if (error instanceof MatrixError) this.#deps.logger.info(about, 'a delayed event was refused')
        else this.#deps.logger.error(about, 'a delayed event could not be sent; it is tried again')
      })
    }
  }

  /**
   * Sends an event that was claimed. It is gone then, also if it was refused.
   * @throws MatrixError the refusal; other errors leave it to whoever claims it next
   */
  async deliver(row: DelayedEventRow): Promise<void> {
    const { database } = this.#deps
    try {
      await this.#send(row)
    } catch (error) {
      if (!(error instanceof MatrixError) || error.errcode === 'M_LIMIT_EXCEEDED') throw error
      await database.transaction((tx) => deleteDelayedEvent(tx, row.delay_id))
      throw error
    }
    await database.transaction((tx) => deleteDelayedEvent(tx, row.delay_id))
  }

  async #send(row: DelayedEventRow): Promise<void> {
    const { database, sending } = this.#deps
    if (await isOvertaken(database.read, row)) return
    const requester = await this.#requesterOf(row)
    if (!requester) return
    const event = { roomId: row.room_id as RoomId, type: row.type, content: JSON.parse(row.content) as JsonObject }
    // a second try after a crash makes no second event: the id of the delay is that of a transaction, and state said again is no change
    if (row.state_key === null) await sending.sendMessage(requester, { ...event, transactionId: row.delay_id })
    else await sending.sendState(requester, { ...event, stateKey: row.state_key })
  }

  async #requesterOf(row: DelayedEventRow): Promise<Requester | undefined> {
    const userId = row.user_id as UserId
    const user = await this.#deps.findUser(userId)
    if (!user || user.isDeactivated) return undefined
    return {
      userId,
      deviceId: (row.device_id ?? undefined) as DeviceId | undefined,
      isAdmin: false,
      adminRoles: [],
      isGuest: user.isGuest,
      isLocked: false,
      isSuspended: user.isSuspended,
      isShadowBanned: user.isShadowBanned,
      isUnlimited: false,
      messageLimit: undefined,
      isExpired: false,
      origin: 'legacy',
      scopes: new Set(),
      sessionId: row.session_id,
      tokenId: '',
      puppetOwner: undefined,
    }
  }
}
