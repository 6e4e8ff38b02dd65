import type { Database } from '@glia/database'
import type { Clock, Logger, Outbound, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { RecentChanges } from '../changes/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { UnreadCounter } from '../sync/index.ts'
import { firstPositionSince } from '../timeline/index.ts'
import {
  firstPosition,
  isAnyoneToBePushed,
  nextRetryMs,
  type PusherKey,
  pushersConcerned,
  pushersOf,
  pushersToRetry,
  releaseAllPushers,
  skipTo,
} from './pusher-store.ts'
import { givenUpAfterMs, type PushSettings, type SendPendingDeps, sendPending } from './send-pending.ts'

/** Tells push gateways of what notifies users. Looks when something was committed, never inside the commit. */
export interface PushSender {
  start(): Promise<void>
  /** Breaks off what is being sent; the next start sends it again. */
  stop(): Promise<void>
}

export interface PushSenderDeps {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly changes: RecentChanges
  readonly outbound: Outbound
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: PushSettings
  /** No other process works on the database. */
  readonly isSoleProcess: boolean
}

/** Events of other processes are noticed this often, if no signal comes. */
const LOOK_EVERY_MS = 5_000
/** How often it is written down for whom nothing was to be sent. */
const SAVE_EVERY_MS = 60_000
/** So many positions are looked at together. */
const POSITIONS_AT_ONCE = 5_000
const MAX_RUNNING = 200

interface Waiting {
  readonly key: PusherKey
  wantsBadge: boolean
}

export function createPushSender(deps: PushSenderDeps): PushSender {
  return new Sender(deps)
}

class Sender implements PushSender {
  readonly #deps: PushSenderDeps
  readonly #round: SendPendingDeps
  readonly #waiting = new Map<string, Waiting>()
  readonly #running = new Map<string, Promise<void>>()
  /** Up to where nothing is to be sent, by pusher: more than is written down. */
  #seen = new Map<string, { key: PusherKey; upTo: number }>()
  readonly #readers = new Set<UserId>()
  readonly #abort = new AbortController()
  #cancellations: (() => void)[] = []
  #cancelLook = () => {}
  #cancelSave = () => {}
  #looking: Promise<void> | undefined
  #lookAgain = false
  /** Up to where events were looked at; undefined while there are no pushers. */
  #scanned: number | undefined
  #pushersChanged = true
  #oldest = 0

  constructor(deps: PushSenderDeps) {
    this.#deps = deps
    const { database, outbound, clock, random, logger, settings, isSoleProcess } = deps
    const owner = isSoleProcess ? undefined : random.text(16)
    this.#round = { database, outbound, clock, random, logger, settings, owner, unread: new UnreadCounter(database, deps.changes) }
  }

  async start(): Promise<void> {
    const { database, signals, isSoleProcess } = this.#deps
    if (isSoleProcess) await database.transaction((tx) => releaseAllPushers(tx))
    this.#cancellations = [
      signals.on('room.changed', () => {
        if (this.#scanned !== undefined) this.#look()
      }),
      signals.on('pushers.changed', () => {
        this.#pushersChanged = true
        this.#look()
      }),
      signals.on('user.read', ({ userId }) => {
        if (this.#scanned === undefined) return
        this.#readers.add(userId)
        this.#look()
      }),
    ]
    this.#saveLater()
    this.#look()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    for (const cancel of [...this.#cancellations, this.#cancelLook, this.#cancelSave]) cancel()
    await this.#looking
    await Promise.all(this.#running.values())
    await this.#saveSeen()
  }

  /** One look at a time; what happens meanwhile is for the next. */
  #look(): void {
    if (this.#abort.signal.aborted) return
    this.#lookAgain = true
    this.#looking ??= this.#lookUntilNothing().finally(() => {
      this.#looking = undefined
      if (this.#lookAgain) this.#look()
    })
  }

  async #lookUntilNothing(): Promise<void> {
    const { clock, logger } = this.#deps
    this.#cancelLook()
    let waitMs: number | undefined = LOOK_EVERY_MS
    try {
      while (this.#lookAgain && !this.#abort.signal.aborted) {
        this.#lookAgain = false
        await this.#findWork()
      }
      waitMs = await this.#nextLookMs()
    } catch (err) {
      logger.error({ err }, 'looking for notifications to send failed')
    }
    if (waitMs !== undefined && !this.#abort.signal.aborted) this.#cancelLook = clock.after(waitMs, () => this.#look())
  }

  async #nextLookMs(): Promise<number | undefined> {
    const { clock, database, isSoleProcess } = this.#deps
    const nowMs = clock.nowMs()
    const retryMs = this.#scanned === undefined ? undefined : await nextRetryMs(database.read, nowMs)
    const waits = [...(isSoleProcess ? [] : [LOOK_EVERY_MS]), ...(retryMs === undefined ? [] : [retryMs - nowMs])]
    return waits.length === 0 ? undefined : Math.min(...waits)
  }

  async #findWork(): Promise<void> {
    const { clock, database, isSoleProcess } = this.#deps
    const db = database.read
    // Pushers of other processes come unannounced.
    if (this.#pushersChanged || (!isSoleProcess && this.#scanned === undefined)) await this.#noticePushers()
    if (this.#scanned === undefined) return
    const now = await database.currentPosition()
    while (this.#scanned < now && !this.#abort.signal.aborted) {
      const upTo: number = Math.min(now, this.#scanned + POSITIONS_AT_ONCE)
      this.#add(await pushersConcerned(db, { after: this.#scanned, upTo }), false)
      this.#scanned = upTo
    }
    const readers = [...this.#readers]
    this.#readers.clear()
    if (readers.length > 0) this.#add(await pushersOf(db, readers), true)
    this.#add(await pushersToRetry(db, clock.nowMs()), false)
  }

  async #noticePushers(): Promise<void> {
    const { database } = this.#deps
    this.#pushersChanged = false
    if (!(await isAnyoneToBePushed(database.read))) this.#scanned = undefined
    else if (this.#scanned === undefined) this.#scanned = await this.#whereToBegin()
  }

  /** With what the pusher that is furthest behind has not seen, unless that is too old to be sent. */
  async #whereToBegin(): Promise<number> {
    const { clock, database } = this.#deps
    const now = await database.currentPosition()
    this.#oldest = ((await firstPositionSince(database.read, clock.nowMs() - givenUpAfterMs)) ?? now + 1) - 1
    return Math.max((await firstPosition(database.read)) ?? 0, this.#oldest)
  }

  #add(keys: readonly PusherKey[], wantsBadge: boolean): void {
    for (const key of keys) {
      const id = idOf(key)
      const waiting = this.#waiting.get(id)
      if (waiting) waiting.wantsBadge ||= wantsBadge
      else this.#waiting.set(id, { key, wantsBadge })
    }
    this.#runWaiting()
  }

  #runWaiting(): void {
    for (const [id, waiting] of this.#waiting) {
      if (this.#running.size >= MAX_RUNNING || this.#abort.signal.aborted) return
      // One sender for each pusher: what came meanwhile is looked at when it has ended.
      if (this.#running.has(id)) continue
      this.#waiting.delete(id)
      const run = this.#run(id, waiting).finally(() => {
        this.#running.delete(id)
        this.#runWaiting()
      })
      this.#running.set(id, run)
    }
  }

  async #run(id: string, { key, wantsBadge }: Waiting): Promise<void> {
    const { clock, logger } = this.#deps
    try {
      const after = Math.max(this.#oldest, this.#seen.get(id)?.upTo ?? 0)
      const result = await sendPending(this.#round, key, { after, wantsBadge, signal: this.#abort.signal })
      if (result) this.#seen.set(id, { key, upTo: result.upTo })
      if (result?.hasMore) this.#add([key], false)
      // it may wait to be tried again: the next look must not be later
      if (!result) this.#look()
    } catch (err) {
      logger.error({ err, user: key.userId, app: key.appId }, 'sending notifications failed')
      clock.after(LOOK_EVERY_MS, () => this.#add([key], wantsBadge))
    }
  }

  #saveLater(): void {
    const { clock } = this.#deps
    this.#cancelSave = clock.after(SAVE_EVERY_MS, () => {
      void this.#saveSeen().finally(() => {
        if (!this.#abort.signal.aborted) this.#saveLater()
      })
    })
  }

  /** Writes down how far was looked, so that a restart does not look again. */
  async #saveSeen(): Promise<void> {
    const { database, logger } = this.#deps
    if (this.#seen.size === 0) return
    const seen = [...this.#seen.values()]
    this.#seen = new Map()
    try {
      await database.transaction(async (tx) => {
        for (const { key, upTo } of seen) await skipTo(tx, key, upTo)
      })
    } catch (err) {
      logger.warn({ err }, 'how far notifications were sent could not be written')
    }
  }
}

function idOf({ userId, appId, pushkey }: PusherKey): string {
  return JSON.stringify([userId, appId, pushkey])
}
