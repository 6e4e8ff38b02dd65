import { LruCache } from '@glia/platform'
import type { EventId, RoomId } from '@glia/protocol'

/** Devices whose members are remembered, and members of each. A member that was forgotten is sent once more. */
const MAX_DEVICES = 5000
const MAX_MEMBERS = 2000

interface SentMember {
  readonly eventId: EventId
  /** Token of the answer that it was sent in. */
  readonly position: number
}

/** Which members a device has been sent, so that lazy loading does not send them again and again. In memory only. */
export class LazyMembers {
  readonly #devices = new LruCache<string, LruCache<string, SentMember>>(MAX_DEVICES)

  /** The device starts afresh. */
  forget(device: string): void {
    this.#devices.delete(device)
  }

  /**
   * Whether the device has this member event: it was sent in an answer whose token the device has come back with, or an older one.
   * @param since position of that token
   */
  has(device: string, roomId: RoomId, userId: string, eventId: EventId, since: number): boolean {
    const sent = this.#devices.get(device)?.get(`${roomId} ${userId}`)
    return sent !== undefined && sent.eventId === eventId && sent.position <= since
  }

  /** The member event is sent in the answer with this token. */
  add(device: string, roomId: RoomId, userId: string, eventId: EventId, position: number): void {
    const members = this.#devices.get(device) ?? new LruCache<string, SentMember>(MAX_MEMBERS)
    this.#devices.set(device, members)
    const key = `${roomId} ${userId}`
    if (members.get(key)?.eventId !== eventId) members.set(key, { eventId, position })
  }
}
