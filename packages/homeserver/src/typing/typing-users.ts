import type { Clock } from '@glia/platform'
import type { RoomId, UserId } from '@glia/protocol'
import type { SignalBus } from '../signals.ts'

interface RoomTyping {
  readonly users: Map<UserId, () => void>
  serial: number
}

/** Who is typing where. In memory only: after a restart nobody is. */
export class TypingUsers {
  readonly #clock: Clock
  readonly #signals: SignalBus
  readonly #rooms = new Map<RoomId, RoomTyping>()
  #serial = 0

  constructor(deps: { clock: Clock; signals: SignalBus }) {
    this.#clock = deps.clock
    this.#signals = deps.signals
    deps.signals.on('typing.set', ({ roomId, userId, timeoutMs }, isForeign) => {
      if (!isForeign) return
      if (timeoutMs > 0) this.#begin(roomId, userId, timeoutMs)
      else this.#end(roomId, userId)
    })
  }

  /** Number of the newest change in any room; starts at 0 with each start of the process. */
  get serial(): number {
    return this.#serial
  }

  /** Who is typing now, in the order in which they began. */
  typingUsers(roomId: RoomId): UserId[] {
    return [...(this.#rooms.get(roomId)?.users.keys() ?? [])]
  }

  /** Number of the room's newest change; 0 if there was none. */
  roomSerial(roomId: RoomId): number {
    return this.#rooms.get(roomId)?.serial ?? 0
  }

  /** Rooms whose list changed after that number, emptied ones too. */
  roomsChangedSince(serial: number): RoomId[] {
    if (serial >= this.#serial) return []
    return [...this.#rooms].filter(([, room]) => room.serial > serial).map(([roomId]) => roomId)
  }

  /** The user types; without another call that ends after `timeoutMs`. */
  start(roomId: RoomId, userId: UserId, timeoutMs: number): void {
    this.#begin(roomId, userId, timeoutMs)
    this.#signals.tell('typing.set', { roomId, userId, timeoutMs })
  }

  /** The user no longer types: said so, sent a message, or left. */
  stop(roomId: RoomId, userId: UserId): void {
    if (this.#end(roomId, userId)) this.#signals.tell('typing.set', { roomId, userId, timeoutMs: 0 })
  }

  #begin(roomId: RoomId, userId: UserId, timeoutMs: number): void {
    const room = this.#rooms.get(roomId) ?? { users: new Map(), serial: 0 }
    this.#rooms.set(roomId, room)
    const callOff = room.users.get(userId)
    callOff?.()
    room.users.set(
      userId,
      this.#clock.after(timeoutMs, () => this.#end(roomId, userId)),
    )
    if (!callOff) this.#changed(roomId, room)
  }

  /** @returns false: the user did not type */
  #end(roomId: RoomId, userId: UserId): boolean {
    const room = this.#rooms.get(roomId)
    const callOff = room?.users.get(userId)
    if (!room || !callOff) return false
    callOff()
    room.users.delete(userId)
    this.#changed(roomId, room)
    return true
  }

  #changed(roomId: RoomId, room: RoomTyping): void {
    room.serial = ++this.#serial
    this.#signals.tell('typing.changed', { roomId })
  }
}
