import type { RoomId, UserId } from '@glia/protocol'

/** What members see of a room: events of the kinds `message`, `state` and `member`, a public receipt, devices or keys of a member. */
export type RoomChange = 'message' | 'state' | 'member' | 'receipt' | 'devices'

/**
 * What happened, told after the commit. A signal only wakes others up; what is true is in the database. Payloads are plain JSON, so that
 * they can travel to other processes.
 */
export interface Signals {
  /** Something that members of the room may see. `what` left out: anything. */
  'room.changed': { roomId: RoomId; position: number; what?: readonly RoomChange[] }
  /** Something that only this user's devices see: own membership, account data, to-device messages, device lists, push rules. */
  'user.changed': { userId: UserId; position: number }
  /** The user has read further: counts go down. */
  'user.read': { userId: UserId }
  /** Pushers were set or removed. */
  'pushers.changed': Record<string, never>
  /** The list of who is typing in the room, which is kept in memory. Every process tells it itself. */
  'typing.changed': { roomId: RoomId }
  /** The user types for that long from now, or (0) no longer. */
  'typing.set': { roomId: RoomId; userId: UserId; timeoutMs: number }
  /** What others see of whether the user is online; `roomIds` are the rooms that the user is in. */
  'presence.changed': { userId: UserId; roomIds: readonly RoomId[]; position: number }
  /** A durable task was added and may be started. */
  'task.added': { taskId: string }
  /** There is something that streams of admins tell. */
  'admin.news': Record<string, never>
  /** The content of a reserved media id is there. */
  'media.uploaded': { mediaId: string }
  /** The room is gone; caches about it must forget it. */
  'room.deleted': { roomId: RoomId }
}

export type SignalName = keyof Signals
/** @param isForeign the signal comes from another process */
type Listener<N extends SignalName> = (signal: Signals[N], isForeign: boolean) => void
type AnyListener = (name: SignalName, signal: Signals[SignalName]) => void

/** Delivers signals inside this process, in the order in which they are told. */
export class SignalBus {
  readonly #listeners = new Map<SignalName, Set<(signal: never, isForeign: boolean) => void>>()
  readonly #onTold = new Set<AnyListener>()

  /** @returns a function that stops listening */
  on<N extends SignalName>(name: N, listener: Listener<N>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Hears everything that is told in this process. @returns a function that stops listening */
  onTold(listener: AnyListener): () => void {
    this.#onTold.add(listener)
    return () => this.#onTold.delete(listener)
  }

  tell<N extends SignalName>(name: N, signal: Signals[N]): void {
    this.#deliver(name, signal, false)
    for (const listener of this.#onTold) listener(name, signal)
  }

  /** Passes on what was told in another process. */
  receive<N extends SignalName>(name: N, signal: Signals[N]): void {
    this.#deliver(name, signal, true)
  }

  #deliver<N extends SignalName>(name: N, signal: Signals[N], isForeign: boolean): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as Listener<N>)(signal, isForeign)
  }
}
