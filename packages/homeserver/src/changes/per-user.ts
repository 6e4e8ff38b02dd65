import { LruCache } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { RecentChanges } from './recent-changes.ts'

interface Entry<T> {
  readonly asOf: number
  readonly value: T
}

/** What was read of users, kept as long as nothing of the user's own changed. */
export class PerUser<T> {
  readonly #changes: RecentChanges
  readonly #entries: LruCache<UserId, Entry<T>>

  constructor(changes: RecentChanges, capacity: number) {
    this.#changes = changes
    this.#entries = new LruCache(capacity)
  }

  /** The value as it is at this position, if it is known. */
  get(userId: UserId, position: number): T | undefined {
    const entry = this.#entries.get(userId)
    if (!entry) return undefined
    const { asOf, value } = entry
    if (asOf === position) return value
    const changes = this.#changes.between(Math.min(asOf, position), Math.max(asOf, position))
    if (changes === undefined || changes.ofUser(userId)) return undefined
    // so that the entry does not grow older than what the memory of changes holds
    if (position > asOf) this.#entries.set(userId, { asOf: position, value })
    return value
  }

  /** @param position as of which the value was read, or an older one */
  set(userId: UserId, position: number, value: T): void {
    this.#entries.set(userId, { asOf: position, value })
  }
}
