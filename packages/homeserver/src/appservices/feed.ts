import type { Database } from '@glia/database'
import { type Clock, type Logger, OutboundError } from '@glia/platform'
import type { Appservice } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { TypingUsers } from '../typing/index.ts'
import { type AppserviceHttp, isSuccess } from './appservice-http.ts'
import {
  changeFeed,
  deleteTransaction,
  eventsAfter,
  holdLease,
  type Lease,
  LeaseLostError,
  openTransaction,
  queueEvents,
  type RoutedEvent,
  readFeed,
  releaseLease,
  type StoredTransaction,
} from './feed-store.ts'
import { formTransaction } from './form-transaction.ts'
import { RoomInterest } from './room-interest.ts'
import { WakeableLoop } from './wakeable-loop.ts'

export interface FeedDeps {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly clock: Clock
  readonly logger: Logger
  readonly typing: TypingUsers
  /** No other process serves services: whoever holds a lease is gone. */
  readonly isSoleProcess: boolean
  /** Names this process among those on one database. */
  readonly processId: string
}

const LEASE_MS = 30_000
const HEARTBEAT_MS = 10_000
/** Where other processes write too, which wake nobody here. */
const LOOK_EVERY_MS = 1_000
const BATCH = 500
/** Synapse's back-off: 2, 4, 8 … 512 seconds. */
const MAX_BACKOFF = 9

/**
 * Serves one application service: one loop finds the events that are for it and queues them, also while it is away; the other sends them, in
 * order, each transaction until it is accepted. Of several processes one does it at a time.
 */
export class AppserviceFeed {
  readonly #deps: FeedDeps
  readonly #service: Appservice
  readonly #http: AppserviceHttp
  readonly #lease: Lease
  #interest: RoomInterest
  readonly #leasing: WakeableLoop
  readonly #routing: WakeableLoop
  readonly #sending: WakeableLoop
  readonly #typingRooms = new Set<string>()
  readonly #stopping = new AbortController()
  #stopListening: (() => void)[] = []
  #isHeld = false
  #failures = 0
  #retryAtMs = 0

  constructor(deps: FeedDeps, service: Appservice, http: AppserviceHttp) {
    this.#deps = deps
    this.#service = service
    this.#http = http
    this.#lease = { appserviceId: service.id, owner: deps.processId }
    this.#interest = new RoomInterest(service)
    this.#leasing = new WakeableLoop(deps, () => this.#holdLease())
    this.#routing = new WakeableLoop(deps, () => this.#unlessLost(() => this.#route()))
    this.#sending = new WakeableLoop(deps, () => this.#unlessLost(() => this.#send()))
  }

  start(): void {
    const { signals } = this.#deps
    const { receivesEphemeral, receivesKeyCounts } = this.#service
    this.#stopListening = [signals.on('room.changed', () => this.#routing.wake())]
    if (receivesEphemeral) {
      this.#stopListening.push(
        signals.on('typing.changed', ({ roomId }) => {
          this.#typingRooms.add(roomId)
          this.#sending.wake()
        }),
      )
    }
    if (receivesEphemeral || receivesKeyCounts) this.#stopListening.push(signals.on('user.changed', () => this.#sending.wake()))
    for (const loop of [this.#leasing, this.#routing, this.#sending]) loop.start()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    this.#stopping.abort()
    for (const loop of [this.#routing, this.#sending, this.#leasing]) await loop.stop()
    if (this.#isHeld) await this.#deps.database.transaction((tx) => releaseLease(tx, this.#lease))
  }

  /** The service is known to be there: what waits is sent now. */
  retryNow(): void {
    this.#retryAtMs = 0
    this.#sending.wake()
  }

  async #holdLease(): Promise<number> {
    const { database, clock, isSoleProcess } = this.#deps
    const options = { nowMs: clock.nowMs(), leaseMs: LEASE_MS, byForce: isSoleProcess }
    const wasHeld = this.#isHeld
    this.#isHeld = await database.transaction((tx) => holdLease(tx, this.#lease, options))
    if (this.#isHeld && !wasHeld) {
      // what was remembered may be of before another process served it
      this.#interest = new RoomInterest(this.#service)
      this.#routing.wake()
      this.#sending.wake()
    }
    return HEARTBEAT_MS
  }

  async #unlessLost(work: () => Promise<number | undefined>): Promise<number | undefined> {
    if (!this.#isHeld) return undefined
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
      this.#isHeld = false
      return undefined
    }
  }

  async #route(): Promise<number | undefined> {
    const { database, isSoleProcess } = this.#deps
    let { events_position: position } = await readFeed(database.read, this.#service.id)
    const now = await database.currentPosition()
    let found = 0
    while (position < now && !this.#stopping.signal.aborted) {
      const events = await eventsAfter(database.read, position, now, BATCH)
      const last = events.length < BATCH ? now : events.at(-1)!.position
      const wanted: RoutedEvent[] = []
      for (const event of events) if (await this.#interest.isForService(database.read, event)) wanted.push(event)
      found += wanted.length
      const reached = last
      // a position is worth a commit when it saves looking at events again
      if (events.length > 0) await database.transaction((tx) => queueEvents(tx, this.#lease, wanted, reached))
      position = last
    }
    const { receivesEphemeral, receivesKeyCounts } = this.#service
    if (found > 0 || receivesEphemeral || receivesKeyCounts) this.#sending.wake()
    return isSoleProcess ? undefined : LOOK_EVERY_MS
  }

  async #send(): Promise<number | undefined> {
    const { database, clock } = this.#deps
    for (;;) {
      const waitMs = this.#retryAtMs - clock.nowMs()
      if (waitMs > 0) return waitMs
      if (this.#stopping.signal.aborted) return undefined
      const transaction = (await openTransaction(database.read, this.#service.id)) ?? (await this.#form())
      if (!transaction) return undefined
      const failure = await this.#attempt(transaction)
      if (failure === undefined) {
        await database.transaction(async (tx) => {
          await changeFeed(tx, this.#lease, { last_transaction_id: transaction.id })
          await deleteTransaction(tx, this.#service.id)
        })
        this.#succeeded()
      } else if (!this.#stopping.signal.aborted) this.#failed(failure, transaction)
    }
  }

  #form(): Promise<StoredTransaction | undefined> {
    const rooms = [...this.#typingRooms]
    this.#typingRooms.clear()
    return formTransaction({ ...this.#deps, service: this.#service, interest: this.#interest }, this.#lease, rooms)
  }

  /** @returns why it was not accepted */
  async #attempt({ id, body }: StoredTransaction): Promise<string | undefined> {
    try {
      const answer = await this.#http.call('PUT', `transactions/${id}`, { body, signal: this.#stopping.signal })
      return isSuccess(answer) ? undefined : `it answered ${answer.status}`
    } catch (error) {
      if (error instanceof OutboundError) return error.message
      throw error
    }
  }

  #succeeded(): void {
    if (this.#failures > 0) this.#deps.logger.info({ appservice: this.#service.id }, 'the application service takes transactions again')
    this.#failures = 0
    this.#retryAtMs = 0
  }

  #failed(reason: string, { id }: StoredTransaction): void {
    this.#failures++
    const waitMs = 2 ** Math.min(this.#failures, MAX_BACKOFF) * 1000
    this.#retryAtMs = this.#deps.clock.nowMs() + waitMs
    const fields = { appservice: this.#service.id, transaction: id, reason, retryInMs: waitMs }
    this.#deps.logger.warn(fields, 'the application service does not take a transaction')
  }
}
