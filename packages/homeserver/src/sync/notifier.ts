import type { Clock } from '@glia/platform'
import type { RoomId, UserId } from '@glia/protocol'
import type { SignalBus } from '../signals.ts'

/**
 * Wakes long polls. A poll costs its entries in two maps and one timer while it waits, and nothing else: a signal finds whom it concerns by
 * room or by user.
 */
export class Notifier {
  readonly #clock: Clock
  readonly #byUser = new Map<UserId, Set<Watch>>()
  readonly #byRoom = new Map<RoomId, Set<Watch>>()
  /** Those who are reading and would miss a signal about a room. */
  readonly #reading = new Set<Watch>()
  readonly #endListening: (() => void)[]
  #isStopped = false
  #waiting = 0

  /** @param hears.presence polls tell who is online */
  constructor(signals: SignalBus, clock: Clock, hears: { presence: boolean } = { presence: false }) {
    this.#clock = clock
    const wakeRoom = ({ roomId }: { roomId: RoomId }) => {
      for (const watch of this.#byRoom.get(roomId) ?? []) watch.wake()
      for (const watch of this.#reading) watch.heardRoom(roomId)
    }
    this.#endListening = [
      signals.on('room.changed', wakeRoom),
      signals.on('typing.changed', wakeRoom),
      signals.on('user.changed', ({ userId }) => {
        for (const watch of this.#byUser.get(userId) ?? []) watch.wake()
      }),
    ]
    if (!hears.presence) return
    this.#endListening.push(
      signals.on('presence.changed', ({ userId, roomIds }) => {
        for (const watch of this.#byUser.get(userId) ?? []) watch.wake()
        for (const roomId of roomIds) wakeRoom({ roomId })
      }),
    )
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Polls that wait. */
  get waiting(): number {
    return this.#waiting
  }

  /** Starts to listen for a user, before the first read, so that nothing falls between reading and waiting. */
  watch(userId: UserId): Watch {
    const watch: Watch = new Watch(this.#clock, {
      reading: () => this.#reading.add(watch),
      waiting: (rooms) => {
        this.#waiting++
        this.#reading.delete(watch)
        for (const roomId of rooms) addTo(this.#byRoom, roomId, watch)
      },
      woken: (rooms) => {
        this.#waiting--
        for (const roomId of rooms) removeFrom(this.#byRoom, roomId, watch)
      },
      ended: () => {
        this.#reading.delete(watch)
        removeFrom(this.#byUser, userId, watch)
      },
      isStopped: () => this.#isStopped,
    })
    addTo(this.#byUser, userId, watch)
    return watch
  }

  /** Wakes everybody, for good. */
  stop(): void {
    this.#isStopped = true
    for (const end of this.#endListening) end()
    for (const watches of this.#byUser.values()) for (const watch of watches) watch.wake()
  }
}

interface WatchPlace {
  reading(): void
  waiting(rooms: Iterable<RoomId>): void
  woken(rooms: Iterable<RoomId>): void
  ended(): void
  isStopped(): boolean
}

/** One poll's ear. */
export class Watch {
  readonly #clock: Clock
  readonly #place: WatchPlace
  readonly #heardRooms = new Set<RoomId>()
  #isWoken = false
  #resume: (() => void) | undefined

  constructor(clock: Clock, place: WatchPlace) {
    this.#clock = clock
    this.#place = place
  }

  /** What is told from now on counts; call it before reading. */
  startReading(): void {
    this.#isWoken = false
    this.#heardRooms.clear()
    this.#place.reading()
  }

  heardRoom(roomId: RoomId): void {
    this.#heardRooms.add(roomId)
  }

  wake(): void {
    this.#isWoken = true
    this.#resume?.()
  }

  /**
   * Waits until something concerns the user or one of these rooms, the time is over, or the client is gone. Returns at once if that
   * happened since `startReading`.
   * @returns false when the time is over
   */
  async wait(rooms: ReadonlySet<RoomId>, timeoutMs: number, gone: AbortSignal): Promise<boolean> {
    if (this.#isWoken || gone.aborted || this.#place.isStopped()) return true
    for (const roomId of this.#heardRooms) if (rooms.has(roomId)) return true
    this.#place.waiting(rooms)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const callOff = this.#clock.after(timeoutMs, () => resolve(false))
    const resume = () => resolve(true)
    this.#resume = resume
    gone.addEventListener('abort', resume)
    const isWoken = await promise
    callOff()
    gone.removeEventListener('abort', resume)
    this.#resume = undefined
    this.#place.woken(rooms)
    return isWoken
  }

  end(): void {
    this.#place.ended()
  }
}

function addTo<K>(map: Map<K, Set<Watch>>, key: K, watch: Watch): void {
  const watches = map.get(key)
  if (watches) watches.add(watch)
  else map.set(key, new Set([watch]))
}

function removeFrom<K>(map: Map<K, Set<Watch>>, key: K, watch: Watch): void {
  const watches = map.get(key)
  watches?.delete(watch)
  if (watches?.size === 0) map.delete(key)
}
