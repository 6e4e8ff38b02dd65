import type { Requester } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { PresenceDeps } from './presence.ts'
import {
  ACTIVE_MS,
  changePresence,
  keepAlive,
  type PresenceChange,
  type PresenceRow,
  type PresenceState,
  reapDeadProcesses,
} from './presence-store.ts'

/** A device that neither syncs nor does anything is gone after this. */
const GONE_MS = 30_000
/** Who does nothing for this long is away. */
const IDLE_MS = 5 * 60_000
const TICK_MS = 10_000
/** What a process knows counts for so long after it last said that it lives. */
const ALIVE_MS = 75_000
const SAY_ALIVE_MS = 30_000
/** How old the activity in the database may be while a user is active. */
const COARSE_MS = 30_000
const REAPED_AT_ONCE = 100

interface Device {
  /** What was last written. */
  state: PresenceState
  syncs: number
  seenMs: number
}

interface Tracked {
  readonly devices: Map<string, Device>
  activeMs: number
  /** As it was last written by this process. */
  written: Pick<PresenceRow, 'state' | 'currently_active' | 'last_active_ms'> | undefined
  /** Changes of a user are written one after another. */
  writing: Promise<void>
}

/**
 * Watches the devices that this process hears of. A poll or an event of somebody who is known to be there costs a look into a map; only
 * what others can see is written.
 */
export class PresenceTracker {
  readonly #deps: PresenceDeps
  readonly #processId: string
  readonly #users = new Map<UserId, Tracked>()
  #aliveUntilMs = 0
  #cancelTick = () => {}
  #ticking: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(deps: PresenceDeps) {
    this.#deps = deps
    this.#processId = deps.random.text(16)
  }

  start(): void {
    this.#cancelTick = this.#deps.clock.after(TICK_MS, () => {
      this.#ticking = this.#tick()
        .catch((error) => this.#deps.logger.error({ err: error }, 'presence could not be brought up to date'))
        .then(() => {
          if (!this.#isStopped) this.start()
        })
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelTick()
    await this.#ticking
    await Promise.all([...this.#users.values()].map(({ writing }) => writing))
  }

  syncing(requester: Requester, state: PresenceState): () => void {
    if (state === 'offline') return () => {}
    const { userId } = requester
    const tracked = this.#track(userId)
    const id = deviceOf(requester)
    const known = tracked.devices.get(id)
    const nowMs = this.#deps.clock.nowMs()
    const isSameAsBefore = known?.state === state && (state !== 'online' || tracked.written?.currently_active !== 0)
    if (isSameAsBefore || this.#deps.tryLimit(requester) === 0) {
      // as with Synapse, who asks for news and does not say to be away is active
      if (state === 'online') tracked.activeMs = nowMs
      this.#say(tracked, id, state)
    }
    if (!isSameAsBefore && tracked.devices.get(id)?.state === state) this.#write(userId, tracked, { device: { id, state } })
    const device = tracked.devices.get(id)
    if (!device) return () => {}
    device.syncs++
    return () => {
      device.syncs--
      device.seenMs = this.#deps.clock.nowMs()
    }
  }

  active(requester: Requester): void {
    const { userId } = requester
    const tracked = this.#track(userId)
    const id = deviceOf(requester)
    const nowMs = this.#deps.clock.nowMs()
    tracked.activeMs = nowMs
    const { written } = tracked
    const device = tracked.devices.get(id)
    if (device) device.seenMs = nowMs
    const isKnown = written?.currently_active === 1 && nowMs - (written.last_active_ms ?? 0) < COARSE_MS
    if (isKnown && device?.state === 'online') return
    this.#say(tracked, id, 'online')
    this.#write(userId, tracked, { device: { id, state: 'online' } })
  }

  async set(requester: Requester, state: PresenceState, statusMsg: string | null): Promise<void> {
    const { userId } = requester
    const tracked = this.#track(userId)
    const id = deviceOf(requester)
    if (state === 'online') tracked.activeMs = this.#deps.clock.nowMs()
    this.#say(tracked, id, state)
    await this.#write(userId, tracked, { device: { id, state }, statusMsg }, { mayFail: true })
  }

  lastActiveMs(userId: UserId): number | undefined {
    return this.#users.get(userId)?.activeMs || undefined
  }

  forget(userId: UserId): void {
    this.#users.delete(userId)
  }

  #track(userId: UserId): Tracked {
    const known = this.#users.get(userId)
    if (known) return known
    const tracked: Tracked = { devices: new Map(), activeMs: 0, written: undefined, writing: Promise.resolve() }
    this.#users.set(userId, tracked)
    return tracked
  }

  /** `offline` keeps a device in memory while it syncs, so that its next poll is heard as a change. */
  #say(tracked: Tracked, id: string, state: PresenceState): void {
    const device = tracked.devices.get(id)
    const seenMs = this.#deps.clock.nowMs()
    if (device) Object.assign(device, { state, seenMs })
    else tracked.devices.set(id, { state, syncs: 0, seenMs })
  }

  #write(userId: UserId, tracked: Tracked, change: Pick<PresenceChange, 'device' | 'statusMsg'>, { mayFail = false } = {}): Promise<void> {
    const { database, signals, clock, logger } = this.#deps
    const done = tracked.writing.then(() =>
      database.transaction(async (tx) => {
        await this.#sayAlive(tx)
        const activeMs = tracked.activeMs
        const whole = { ...change, processId: this.#processId, ...(activeMs > 0 ? { activeMs } : {}) }
        tracked.written = await changePresence(tx, signals, userId, whole, clock.nowMs())
      }),
    )
    tracked.writing = done.catch((error) => logger.error({ err: error, user: userId }, 'presence could not be written'))
    return mayFail ? done : tracked.writing
  }

  async #sayAlive(tx: Parameters<typeof keepAlive>[0]): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    if (this.#aliveUntilMs - nowMs > ALIVE_MS - SAY_ALIVE_MS) return
    await keepAlive(tx, this.#processId, nowMs + ALIVE_MS)
    tx.afterCommit(() => {
      this.#aliveUntilMs = nowMs + ALIVE_MS
    })
  }

  async #tick(): Promise<void> {
    const { database, clock, signals } = this.#deps
    const nowMs = clock.nowMs()
    if (this.#users.size > 0) await database.transaction((tx) => this.#sayAlive(tx))
    for (const [userId, tracked] of [...this.#users]) await this.#look(userId, tracked, nowMs)
    for (let isMore = true; isMore && !this.#isStopped; ) {
      isMore = await database.transaction(async (tx) => {
        const users = await reapDeadProcesses(tx, nowMs, REAPED_AT_ONCE)
        for (const userId of users) await changePresence(tx, signals, userId, { processId: this.#processId }, nowMs)
        return users.length > 0
      })
    }
  }

  /** What time alone makes of a user: away, no longer active, gone. */
  async #look(userId: UserId, tracked: Tracked, nowMs: number): Promise<void> {
    const isIdle = nowMs - tracked.activeMs >= IDLE_MS
    for (const [id, device] of tracked.devices) {
      if (device.syncs === 0 && nowMs - device.seenMs >= GONE_MS) {
        tracked.devices.delete(id)
        if (device.state !== 'offline') await this.#write(userId, tracked, { device: { id, state: 'offline' } })
      } else if (device.state === 'online' && isIdle) {
        device.state = 'unavailable'
        await this.#write(userId, tracked, { device: { id, state: 'unavailable' } })
      }
    }
    if (tracked.written?.currently_active === 1 && nowMs - tracked.activeMs >= ACTIVE_MS) await this.#write(userId, tracked, {})
    if (tracked.devices.size === 0) this.#users.delete(userId)
  }
}

/** Tokens without a device count as one each. */
function deviceOf({ deviceId, sessionId }: Requester): string {
  return deviceId ?? `session ${sessionId}`
}
